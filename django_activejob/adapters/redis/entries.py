"""New jobs as records for the script that accepts them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django_activejob.adapters.redis.store import Store, Word
from django_activejob.adapters.redis.wire import writing
from django_activejob.clock import now
from django_activejob.contracts import Envelope, Limit, Payload, Unique
from django_activejob.errors import ConcurrencyConflict, DuplicateJob, EnqueueError

REFUSED_BY_LIMIT: Final = b"limit"

_ID_BYTES: Final = 12  # as in Sidekiq


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A job that is to be accepted: its id, and what ``enqueue.lua`` is told of it."""

    id: str
    words: Sequence[Word]

    @property
    def is_plain(self) -> bool:
        """Whether it is due, and nothing can refuse it."""
        return self.words[0] == "q"


def entry_of(store: Store, envelope: Envelope) -> Entry:
    """A new job, with a new id; due at once unless its time is in the future.

    Raises:
        EnqueueError: it cannot be written.
    """
    if not envelope.queue_name:
        raise EnqueueError(f"{label(envelope.payload)}: its queue has no name; give it one.")
    id, present = new_id(), now()
    fields = writing.fields_of(envelope, jid=id, at=present.timestamp(), dialect=store.dialect)
    words: list[Word] = [] if is_retry(envelope) else [*_lock(envelope)]
    if envelope.scheduled_at is not None and envelope.scheduled_at > present:
        words += ["s", writing.score_of(envelope), writing.scheduled(fields)]
    elif envelope.limit is not None:
        queue, text = envelope.queue_name, writing.ready(fields)
        words += ["l", queue, text, id, *_limit(envelope.limit, is_retry=is_retry(envelope))]
    else:
        words += ["q", envelope.queue_name, writing.ready(fields)]
    return Entry(id=id, words=words)


def refusal_of(envelope: Envelope, reason: bytes, number: int) -> EnqueueError:
    """The error for a job that was not accepted."""
    if reason == REFUSED_BY_LIMIT and envelope.limit is not None:
        return ConcurrencyConflict(_about_limit(envelope, envelope.limit, number))
    if envelope.unique is not None:
        return DuplicateJob(_about_lock(envelope, envelope.unique))
    return EnqueueError(f"{label(envelope.payload)}: refused: {reason.decode()}.")


def new_id() -> str:
    """An id of Sidekiq's form that nothing else has."""
    return secrets.token_hex(_ID_BYTES)


def is_retry(envelope: Envelope) -> bool:
    """Whether a job has been performed before: then no limit and no lock refuses it."""
    return bool(envelope.payload["executions"])


def label(payload: Payload) -> str:
    """A job, for people: its class and its id."""
    return f"{payload['job_class']} ({payload['job_id']})"


def _lock(envelope: Envelope) -> Sequence[Word]:
    unique = envelope.unique
    if unique is None:
        return ()
    return ("u", unique.key, envelope.payload["job_id"], max(int(unique.seconds * 1000), 1))


def _limit(limit: Limit, *, is_retry: bool) -> Sequence[Word]:
    on_conflict = "block" if is_retry else limit.on_conflict
    return (limit.key, limit.to, limit.duration, on_conflict)


def _about_limit(envelope: Envelope, limit: Limit, number: int) -> str:
    return (
        f"{label(envelope.payload)}: {number} with the key {limit.key!r} run or wait, and its "
        f"limit is {limit.to}; this one was not enqueued."
    )


def _about_lock(envelope: Envelope, unique: Unique) -> str:
    return (
        f"{label(envelope.payload)}: another job holds the lock {unique.key!r}, until its "
        f"{unique.until} or for {unique.seconds:g} seconds at most; this one was not enqueued."
    )
