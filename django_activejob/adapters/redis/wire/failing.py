"""What becomes of a job that failed and that its own class does not handle: Sidekiq's retries."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from django_activejob.adapters.redis.wire import errors, moments
from django_activejob.adapters.redis.wire.dialect import Dialect
from django_activejob.adapters.redis.wire.reading import queue_of
from django_activejob.adapters.redis.wire.text import Fields, encoded
from django_activejob.adapters.redis.wire.writing import CRASHES, RAW_PAYLOAD, RETRIED
from django_activejob.contracts import ErrorRecord

SIDEKIQS_RETRIES: Final = 25
"""How often Sidekiq performs a job again whose ``retry`` is true: for about 20 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """Where a failed job goes: into the set ``retry``, into ``dead``, or nowhere.

    ``score`` is when it is due, or when it died, in epoch seconds.
    """

    kind: Literal["retry", "dead", "dropped"]
    text: bytes
    score: float


def fate_of(
    fields: Fields,
    error: ErrorRecord,
    *,
    at: float,
    dialect: Dialect,
    jitter: Callable[[int], int] = random.randrange,
) -> Fate:
    """What becomes of a job that has just failed, by its own ``retry``, ``retry_for``, ``dead``.

    As Sidekiq decides, but for two things: ``retry: false`` keeps the job in ``dead`` instead of
    losing it, and a job that says nothing about retries gets the dialect's.
    """
    failed = _counted(fields, at=at, dialect=dialect)
    failed |= errors.written(error, lines=fields.get("backtrace"))
    failed["queue"] = fields.get("retry_queue") or queue_of(fields)
    if not _is_exhausted(failed, at=at, dialect=dialect):
        wait = pause_after(failed["retry_count"], jitter=jitter)
        return Fate(kind="retry", text=encoded(failed), score=at + wait)
    return _end_of(failed, at)


def dead(fields: Fields, error: ErrorRecord, *, at: float, dialect: Dialect) -> Fate:
    """The end of a job that is not to be performed again, whatever its ``retry`` says."""
    failed = _counted(fields, at=at, dialect=dialect)
    return _end_of(failed | errors.written(error, lines=fields.get("backtrace")), at)


def retried(fields: Fields, error: ErrorRecord, *, at: float, dialect: Dialect) -> bytes:
    """A new job, for the set ``retry``, that its own class performs again after an error.

    The Web UI shows how often it was performed where it shows Sidekiq's own retries, which
    are still to come: they are counted from the first failure that the class does not handle.
    """
    now = moments.written(at, dialect)
    payload = fields.get(RAW_PAYLOAD) or fields["args"][0]
    count = max(payload["executions"] - 1, 0)
    again = {**fields, **errors.written(error), "failed_at": now, "retry_count": count}
    if count:
        again["retried_at"] = now
    return encoded({**again, RETRIED: True})


def crashed(
    fields: Fields, error: ErrorRecord, *, crashes: int, at: float, dialect: Dialect
) -> bytes:
    """A job that goes back because its process died: counted apart from its failures.

    For the set ``retry``; the Web UI wants to know when the job failed.
    """
    back = {**fields, CRASHES: crashes, **errors.written(error)}
    back.setdefault("failed_at", moments.written(at, dialect))
    back.setdefault("retry_count", -1)  # as after the Web UI's "retry now": the next failure is 0
    return encoded(back)


def pause_after(count: int, *, jitter: Callable[[int], int] = random.randrange) -> int:
    """Sidekiq's wait before a retry, in seconds: count⁴ + 15, and up to 10 for each time."""
    return count**4 + 15 + jitter(10 * (count + 1))


def _counted(fields: Fields, *, at: float, dialect: Dialect) -> Fields:
    count = fields.get("retry_count")
    now = moments.written(at, dialect)
    if RETRIED in fields or not isinstance(count, int):
        fresh = {name: value for name, value in fields.items() if name not in _COUNTERS}
        return {**fresh, "failed_at": now, "retry_count": 0}
    counted = {**fields, "retry_count": count + 1, "retried_at": now}
    counted.setdefault("failed_at", now)
    return counted


_COUNTERS: Final = frozenset({RETRIED, "failed_at", "retried_at", "retry_count"})


def _is_exhausted(failed: Fields, *, at: float, dialect: Dialect) -> bool:
    limit = _retries(failed.get("retry"), dialect)
    seconds = failed.get("retry_for")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        return int(failed["retry_count"]) >= limit
    first = moments.seconds_in(failed["failed_at"]) or at
    return limit == 0 or first + seconds < at


def _retries(retry: Any, dialect: Dialect) -> int:
    chosen = dialect.retry if retry is None else retry
    if chosen is True:
        return SIDEKIQS_RETRIES
    return chosen if isinstance(chosen, int) else 0


def _end_of(failed: Fields, at: float) -> Fate:
    kind: Literal["dead", "dropped"] = "dropped" if failed.get("dead") is False else "dead"
    return Fate(kind=kind, text=encoded(failed), score=at)
