"""scheduled or retrying → ready: the time of jobs has come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django_activejob.adapters.redis.claims import fields_in
from django_activejob.adapters.redis.store import Store, Word
from django_activejob.adapters.redis.wire import moving
from django_activejob.clock import now

AT_ONCE = 200

_DUE = ("time", "due")
_DISPATCH = ("time", "queues", "dispatch")


class Dispatching:
    """Moves due jobs into their queues, and knows when the next one is due; for one thread.

    What is due is told by the clock of Redis. Each is swapped for a string that says since when
    it waits; of several processes, ours or Ruby's, that want to move one, one does, and none is
    lost when a process dies in between. What is no job goes among the dead, for people to see.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._due_in: float | None = None

    def run(self) -> int:
        """Moves some of the due jobs; says how many."""
        store = self._store
        scheduled, retrying, *first = store.run(*_DUE, with_=(AT_ONCE,))
        words = [*_moves(store, "s", "x", scheduled), *_moves(store, "t", "y", retrying)]
        self._due_in = float(first[0]) if first and not words else None
        return int(store.run(*_DISPATCH, with_=words)) if words else 0

    def due_in(self) -> float | None:
        """Seconds to the time of the next job, unless the last run has moved some."""
        return self._due_in


def _moves(store: Store, move: str, bury: str, texts: Sequence[bytes]) -> Iterator[Word]:
    at = now().timestamp()
    for text in texts:
        fields = fields_in(text)
        if fields is None:
            yield from (bury, text)
            continue
        moved = moving.dispatched(fields, at=at, dialect=store.dialect)
        yield from (move, text, moved.queue, moved.text)
