"""new → ready, scheduled or blocked: a job comes in."""

from __future__ import annotations

from django_activejob.adapters.redis.entries import entry_of, refusal_of
from django_activejob.adapters.redis.store import Store
from django_activejob.contracts import Envelope

ACCEPTING = ("frames", "time", "queues", "permits", "locks", "accepting")
PIECES = (*ACCEPTING, "enqueue")
_PLAIN_PIECES = ("queues", "take_in")  # Redis makes all functions of a script anew at each call


def enqueue(store: Store, envelope: Envelope) -> str:
    """Writes one job, in one step; gives its id.

    Raises:
        EnqueueError: it cannot be written, or its limit or its lock refuses it.
        AdapterUnavailable: nothing was written, or nobody knows.
    """
    entry = entry_of(store, envelope)
    if entry.is_plain:
        store.run(*_PLAIN_PIECES, with_=entry.words[1:])
        return entry.id
    for _, reason, number in store.run(*PIECES, with_=entry.words):
        raise refusal_of(envelope, reason, number)
    return entry.id
