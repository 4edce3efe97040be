"""Envelopes as jobs of Sidekiq."""

from __future__ import annotations

from typing import Final

from django_activejob.adapters.redis.wire import moments, routing
from django_activejob.adapters.redis.wire.dialect import Dialect
from django_activejob.adapters.redis.wire.text import Fields, encoded
from django_activejob.contracts import Envelope, ErrorRecord

CRASHES: Final = "aj_crashes"
LAST_ERROR: Final = "aj_last_error"

RETRIED: Final = "aj_retried"
"""The mark of a job in ``retry`` whose error fields tell of a retry by its own class."""

RAW_PAYLOAD: Final = "aj_payload"
_IN_PLAIN_SIGHT: Final = frozenset({"job_class", "arguments", "provider_job_id", "raw"})


def ready(fields: Fields) -> bytes:
    """The string for ``queue:NAME`` of a job that was made just now.

    Raises:
        EnqueueError: it has a number that JSON has not.
    """
    return encoded({**fields, "enqueued_at": fields["created_at"]})


def scheduled(fields: Fields) -> bytes:
    """The string for the set ``schedule``, where the score says when the job is due.

    Raises:
        EnqueueError: it has a number that JSON has not.
    """
    return encoded(fields)


def score_of(envelope: Envelope) -> float:
    """When a scheduled job is due, in epoch seconds.

    Raises:
        ValueError: it is not scheduled.
    """
    if envelope.scheduled_at is None:
        raise ValueError("an envelope without a time has no place in the schedule")
    return envelope.scheduled_at.timestamp()


def fields_of(
    envelope: Envelope,
    *,
    jid: str,
    at: float,
    dialect: Dialect,
    crashes: int = 0,
    last_error: ErrorRecord | None = None,
) -> Fields:
    """A new job of Sidekiq, not yet in a queue: ``{"retry":0,"queue":"default","class":…}``.

    Args:
        jid: Sidekiq's id of the job; every enqueue, and so every retry, makes a new one.
        at: now, in epoch seconds.
        crashes, last_error: of the execution that this is a retry of.
    """
    fields: Fields = {"retry": dialect.retry, **envelope.extra, "queue": envelope.queue_name}
    fields |= _raw(envelope) if envelope.payload.get("raw") else _wrapped(envelope, dialect)
    fields["jid"] = jid
    fields["created_at"] = moments.written(at, dialect)
    fields |= routing.written(envelope)
    if crashes:
        fields[CRASHES] = crashes
    if last_error is not None:
        fields[LAST_ERROR] = {"class": last_error.class_name, "message": last_error.message}
    return fields


def _wrapped(envelope: Envelope, dialect: Dialect) -> Fields:
    payload = envelope.payload
    return {"class": dialect.wrapper, "wrapped": payload["job_class"], "args": [payload]}


def _raw(envelope: Envelope) -> Fields:
    payload = envelope.payload
    rest = {name: value for name, value in payload.items() if name not in _IN_PLAIN_SIGHT}
    return {"class": payload["job_class"], "args": payload["arguments"], RAW_PAYLOAD: rest}
