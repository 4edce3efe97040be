"""Entries as people see them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django_activejob.adapters.redis.claims import fields_in
from django_activejob.adapters.redis.places import Found
from django_activejob.adapters.redis.wire import errors, moments, reading
from django_activejob.adapters.redis.wire.dialect import Dialect
from django_activejob.adapters.redis.wire.text import Fields
from django_activejob.contracts import Envelope, JobRecord, Payload
from django_activejob.errors import MalformedPayload

# Lists show the beginning of a long payload; only a job's own page shows all of it.
LISTED_CHARACTERS: Final = 65_536

_ID_CHARACTERS: Final = 24


def id_of(text: bytes, fields: Fields | None) -> str:
    """The id of an entry: Sidekiq's, or, for a string without one, made of the string."""
    jid = reading.jid_of(fields) if fields else None
    return jid or "-" + hashlib.sha256(text).hexdigest()[:_ID_CHARACTERS]


def listed(found: Found, *, dialect: Dialect) -> JobRecord:
    """A job of a list."""
    return _record_of(found, dialect, most=LISTED_CHARACTERS)


def whole(found: Found, *, dialect: Dialect) -> JobRecord:
    """A job with all that is known of it."""
    return _record_of(found, dialect, most=None)


def envelope_in(text: bytes, *, dialect: Dialect) -> Envelope | None:
    """The envelope in a string; None when it cannot be read."""
    fields = fields_in(text)
    return _envelope(fields, dialect) if fields else None


def _record_of(found: Found, dialect: Dialect, *, most: int | None) -> JobRecord:
    fields = fields_in(found.text) or {}
    envelope = _envelope(fields, dialect) if fields else None
    payload = envelope.payload if envelope else None
    times: dict[str, Any] = dict(_times(found, envelope))
    is_cut = most is not None and len(found.text) > most
    return JobRecord(
        id=id_of(found.text, fields or None),
        job_id=payload["job_id"] if payload else "",
        job_class=reading.job_class_of(fields) if fields else "",
        queue=found.queue or reading.queue_of(fields),
        priority=envelope.priority if envelope else 0,
        status=found.place.status,
        payload=None if is_cut else payload,
        raw_payload=found.text[:most].decode(errors="replace"),
        executions=_executions(payload, fields),
        crashes=reading.crashes_of(fields),
        enqueued_at=reading.enqueued_at(fields),
        error=errors.read(fields),
        cancel_asked_at=moments.moment_in(found.cancelled_at) if found.cancelled_at else None,
        process_id=found.place.name if found.place.kind == "claims" else None,
        limit_key=envelope.limit.key if envelope and envelope.limit else None,
        recurring_key=envelope.recurring_key if envelope else None,
        batch_id=envelope.batch_id if envelope else None,
        **times,
    )


def _executions(payload: Payload | None, fields: Fields) -> int:
    counted = payload["executions"] if payload else 0
    return counted + reading.failures_of(fields) + reading.crashes_of(fields)


def _times(found: Found, envelope: Envelope | None) -> Mapping[str, datetime | None]:
    times = {"scheduled_at": envelope.scheduled_at if envelope else None}
    name = _OF_SCORE.get(found.place.status)
    return {**times, name: moments.moment_in(found.score)} if name else times


_OF_SCORE: Final[Mapping[str, str]] = {
    "scheduled": "scheduled_at",
    "retrying": "scheduled_at",
    "running": "claimed_at",
    "failed": "failed_at",
}


def _envelope(fields: Fields, dialect: Dialect) -> Envelope | None:
    try:
        return reading.envelope_of(fields, dialect=dialect)
    except MalformedPayload:
        return None
