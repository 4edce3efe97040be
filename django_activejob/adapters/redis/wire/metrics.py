"""What executions came to, as the page Metrics of Sidekiq's Web UI reads it, from version 7 on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from django_activejob.adapters.redis.keys import Keys
from django_activejob.adapters.redis.wire.dialect import Dialect
from django_activejob.contracts import Tally

_EIGHT_HOURS: Final = 8 * 3600  # seconds
_THREE_DAYS: Final = 3 * 86_400  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """Numbers to be added under a key, which then lives for ``ttl`` seconds.

    ``kind``: "hash" for HINCRBY with the field's name; "histogram" for
    ``BITFIELD key OVERFLOW SAT INCRBY u16 #name n``.
    """

    kind: Literal["hash", "histogram"]
    key: str
    numbers: Mapping[str, int]
    ttl: int


def counters_of(tally: Tally, *, keys: Keys, dialect: Dialect) -> Iterator[Counters]:
    """What one class's tally of a minute adds, in the form of the dialect's version.

    A retry that the class asked for is no failure, as in Sidekiq. Milliseconds and histogram
    tell of all executions; Sidekiq leaves out those that failed.
    """
    minute = datetime.fromtimestamp(tally.began, UTC)
    sums = _sums(tally)
    for window, ttl in _windows(minute, dialect):
        yield Counters(kind="hash", key=keys.metrics(window), numbers=sums, ttl=ttl)
    buckets = {str(place): number for place, number in enumerate(tally.run.buckets) if number}
    if buckets:
        key = _histogram(tally.job_class, minute, keys=keys, dialect=dialect)
        yield Counters(kind="histogram", key=key, numbers=buckets, ttl=_EIGHT_HOURS)


def _sums(tally: Tally) -> dict[str, int]:
    name = tally.job_class
    sums = {f"{name}|p": tally.executions, f"{name}|ms": round(tally.run.total * 1000)}
    return {**sums, f"{name}|f": tally.failed} if tally.failed else sums


def _windows(minute: datetime, dialect: Dialect) -> list[tuple[str, int]]:
    if dialect.times == "7":
        return [(f"{minute:%Y%m%d}|{minute.hour}:{minute.minute}", _EIGHT_HOURS)]
    whole = f"{minute:%y%m%d}|{minute.hour}:{minute:%M}"
    return [(whole, _EIGHT_HOURS), (whole[:-1], _THREE_DAYS)]


def _histogram(job_class: str, minute: datetime, *, keys: Keys, dialect: Dialect) -> str:
    when = f"{minute.day}-{minute.hour}:{minute.minute}"
    if dialect.times == "7":
        return keys.histogram(job_class, when)
    return keys.histogram_8(job_class, when)
