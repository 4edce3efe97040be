"""New jobs that their limit refuses, because it says ``on_conflict="discard"``."""

from __future__ import annotations

from collections import Counter

from django_activejob.adapters.database.rows import label
from django_activejob.adapters.database.state import State
from django_activejob.adapters.database.store import Store
from django_activejob.contracts import Envelope, Limit
from django_activejob.errors import ConcurrencyConflict

# Those that wait count too: they are about to run.
_TAKEN = """
    SELECT
        (
            SELECT COUNT(*) FROM (
                SELECT id FROM django_activejob_job
                WHERE limit_key = %s AND limit_key > '' AND state IN ('ready', 'running')
                  AND (state = 'ready' OR claimed_at > {later})
                LIMIT %s
            ) AS holding
        ) + (
            SELECT COUNT(*) FROM (
                SELECT id FROM django_activejob_job
                WHERE state = 'blocked' AND limit_key = %s LIMIT %s
            ) AS waiting
        )
"""


class Conflicts:
    """Tells which of the jobs of one enqueue find no room.

    It counts, and locks nothing: of two processes that enqueue at the same moment both may
    find room. Then one of the jobs waits, and none runs beyond the limit.
    State: ``_let_in``, how many of these jobs it has let in, by key.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._let_in: Counter[str] = Counter()

    def refuse(self, envelope: Envelope, state: State) -> None:
        """Looks whether a job is to be refused; a retry, or one of the future, never is.

        Raises:
            ConcurrencyConflict: it is.
        """
        limit = envelope.limit
        if limit is None or state is State.SCHEDULED:
            return
        is_new = not envelope.payload["executions"]
        if is_new and limit.on_conflict == "discard" and self._is_full(limit):
            raise ConcurrencyConflict(
                f"{label(envelope.payload)}: {limit.to} with the key {limit.key!r} run or wait "
                "already, and its limit discards what is more; it was not enqueued."
            )
        self._let_in[limit.key] += 1

    def _is_full(self, limit: Limit) -> bool:
        asked = (limit.key, -limit.duration, limit.to, limit.key, limit.to)
        [(taken,)] = self._store.run(lambda: self._store.rows(_TAKEN, asked))
        return bool(taken + self._let_in[limit.key] >= limit.to)
