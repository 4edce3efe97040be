"""Queues as people see them, and their pauses."""

from __future__ import annotations

from collections.abc import Sequence

from django_activejob.adapters.redis.claims import fields_in
from django_activejob.adapters.redis.store import Store, Word
from django_activejob.adapters.redis.wire import reading
from django_activejob.contracts import QueueRecord
from django_activejob.errors import UnsupportedAction


def queues(store: Store, *, now: float) -> list[QueueRecord]:
    """The queues that were ever used, or are paused, by name.

    Args:
        now: epoch seconds, up to which the next job of each has waited.
    """
    keys = store.keys
    used, paused = store.ask_all([("SMEMBERS", keys.queues), ("SMEMBERS", keys.paused)])
    names = sorted({*used, *paused})
    asked: list[Sequence[Word]] = []
    for name in names:
        key = keys.queue("").encode() + name
        asked += [("LLEN", key), ("LINDEX", key, -1)]
    answers = store.ask_all(asked) if asked else []
    return [
        QueueRecord(
            name=name.decode(errors="replace"),
            size=size,
            latency=_latency(oldest, now),
            paused=name in paused,
        )
        for name, size, oldest in zip(names, answers[::2], answers[1::2], strict=True)
    ]


def pause(store: Store, queue: str) -> None:
    """Pauses a queue, whether or not it holds jobs; what runs goes on.

    Raises:
        UnsupportedAction: no queue can have this name.
    """
    if not queue or not is_text(queue):
        raise UnsupportedAction(f"No queue can be named {queue[:40]!r}; there is nothing to pause.")
    store.ask("SADD", store.keys.paused, queue)


def resume(store: Store, queue: str) -> None:
    """Resumes a queue; one that is not paused stays as it is."""
    if is_text(queue):
        store.ask_all([("SREM", store.keys.paused, queue), ("PUBLISH", store.keys.wake, queue)])


def _latency(oldest: bytes | None, now: float) -> float | None:
    if oldest is None:
        return None
    since = reading.enqueued_at(fields_in(oldest) or {})
    return max(now - since.timestamp(), 0.0) if since else 0.0


def is_text(text: str) -> bool:
    """Says whether a text can be a part of a key at all."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
