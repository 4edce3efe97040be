"""What executions came to, added up: for Sidekiq's Web UI, and with more detail for our pages."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from typing import Final

from django_activejob.adapters.redis.store import Store, Word
from django_activejob.adapters.redis.wire import metrics
from django_activejob.contracts import Tally, Times
from django_activejob.contracts.tallies import HOUR, MINUTE
from django_activejob.errors import AdapterUnavailable

logger = logging.getLogger(__name__)

COUNTS: Final = ("performed", "failed", "retried", "discarded", "interrupted")
TIMES: Final = ("run", "wait")
KEPT: Final = {MINUTE: 25 * HOUR, HOUR: 31 * 24 * HOUR}
"""For how many seconds the sums of a span are kept."""

_AT_ONCE: Final = 50  # tallies in one step of the server
_NAME_CHARACTERS: Final = 200

_PIECES: Final = ("memory", "count")


def add_tallies(store: Store, tallies: Sequence[Tally]) -> None:
    """Adds what executions came to; what cannot be added is told in the log, and dropped."""
    for start in range(0, len(tallies), _AT_ONCE):
        piece = tallies[start : start + _AT_ONCE]
        words = [word for tally in piece for word in _words_of(store, tally)]
        try:
            store.run(*_PIECES, with_=words)
        except AdapterUnavailable:
            logger.warning("Some sums of executions could not be kept.", exc_info=True)


def field(*names: str) -> str:
    """Names as one field of a hash."""
    return json.dumps(names)


def _words_of(store: Store, tally: Tally) -> Iterator[Word]:
    yield from _for_sidekiq(store, tally)
    names = (_bounded(tally.job_class), _bounded(tally.queue))
    for span, seconds in KEPT.items():
        key = store.keys.tallies(span, tally.began // span * span)
        for count in COUNTS:
            if number := getattr(tally, count):
                yield from ("i", key, field(*names, count), number)
        for kind in TIMES:
            yield from _of_times(key, (*names, kind), getattr(tally, kind))
        yield from ("e", key, seconds, "")
        yield from _of_failures(store, tally, span, seconds)


def _of_times(key: str, names: tuple[str, ...], times: Times) -> Iterator[Word]:
    if not times.number:
        return
    for place, number in enumerate(times.buckets):
        if number:
            yield from ("i", key, field(*names, str(place)), number)
    yield from ("f", key, field(*names, "total"), times.total)
    yield from ("m", key, field(*names, "least"), times.least)
    yield from ("x", key, field(*names, "most"), times.most)


def _of_failures(store: Store, tally: Tally, span: int, seconds: int) -> Iterator[Word]:
    if not tally.failures:
        return
    key = store.keys.failures(span, tally.began // span * span)
    for error_class, number in tally.failures.items():
        yield from ("i", key, field(_bounded(tally.job_class), _bounded(error_class)), number)
    yield from ("e", key, seconds, "")


def _for_sidekiq(store: Store, tally: Tally) -> Iterator[Word]:
    if _bounded(tally.job_class) != tally.job_class:
        return
    for counters in metrics.counters_of(tally, keys=store.keys, dialect=store.dialect):
        for name, number in counters.numbers.items():
            yield from ("i" if counters.kind == "hash" else "b", counters.key, name, number)
        yield from ("e", counters.key, counters.ttl, "")


def _bounded(name: str) -> str:
    return name.encode(errors="replace").decode()[:_NAME_CHARACTERS]
