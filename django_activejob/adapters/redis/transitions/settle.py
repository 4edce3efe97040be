"""running → wherever its execution leads: many claims come to their ends, all or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django_activejob.adapters.redis.ends import words_of
from django_activejob.adapters.redis.store import Store, Word
from django_activejob.clock import now
from django_activejob.contracts import Settlement

_PIECES = ("frames", "time", "queues", "permits", "locks", "settle")


def settle(
    store: Store,
    process_id: str,
    settlements: Sequence[Settlement],
    *,
    texts: Mapping[str, bytes],
) -> list[str]:
    """Writes the ends of claims in one step; gives the tokens that are no longer ours.

    What another process has settled meanwhile is left as it is; to settle twice is therefore
    safe.

    Args:
        texts: the exact strings of the claims, by token; those that fail need them.

    Raises:
        AdapterUnavailable: nothing was written, or nobody knows.
    """
    return write_ends(store, process_id, words_of(store, settlements, texts))


def write_ends(store: Store, process_id: str, words: Sequence[Word]) -> list[str]:
    """Writes ends that are records already, for a process that is alive or dead."""
    if not words:
        return []
    today = now().date().isoformat()
    kept = (store.bounds.most_dead, store.bounds.keep_dead)
    lost = store.run(*_PIECES, with_=(process_id, today, *kept, *words))
    return [token.decode() for token in lost]
