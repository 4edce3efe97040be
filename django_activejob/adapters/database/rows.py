"""Envelopes and claims as rows, and back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django_activejob.adapters.database import gates, routing
from django_activejob.adapters.database.state import State
from django_activejob.adapters.database.store import Record
from django_activejob.adapters.database.text import is_storable
from django_activejob.adapters.database.vendor import Vendor
from django_activejob.clock import now
from django_activejob.contracts import Claim, Envelope, ErrorRecord, Payload
from django_activejob.errors import EnqueueError

NAME_CHARACTERS = 255
JOB_ID_CHARACTERS = 36
SMALLEST_PRIORITY, GREATEST_PRIORITY = -(2**31), 2**31 - 1

_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What an envelope writes into the table."""

    queue: str
    priority: int
    state: State
    job_id: str
    job_class: str
    payload: str
    routing: str
    limit_key: str
    scheduled_at: datetime | None
    executions: int

    WIDTH: ClassVar[int] = 10
    COLUMNS: ClassVar[str] = (
        "queue, priority, state, job_id, job_class, payload, routing, limit_key, scheduled_at,"
        " executions"
    )
    ASSIGNMENTS: ClassVar[str] = ", ".join(f"{name} = %s" for name in COLUMNS.split(", "))

    def parameters(self, vendor: Vendor) -> tuple[Any, ...]:
        """The values of ``COLUMNS``, in their order."""
        return (
            self.queue,
            self.priority,
            self.state.value,
            self.job_id,
            self.job_class,
            self.payload,
            self.routing,
            self.limit_key,
            vendor.write_time(self.scheduled_at),
            self.executions,
        )


def row_of(envelope: Envelope, *, keeps_permit: bool = False) -> Row:
    """What to write for an envelope; due at once unless its time is in the future.

    Args:
        keeps_permit: what is due need not wait for the permit of its limit: it holds it; nor at
            the gate of its throttle: the claim asks there.

    Raises:
        EnqueueError: the envelope does not fit the table.
    """
    payload = envelope.payload
    _refuse_misfits(envelope)
    return Row(
        queue=envelope.queue_name,
        priority=envelope.priority,
        state=_first_state(envelope, keeps_permit=keeps_permit),
        job_id=payload["job_id"],
        job_class=payload["job_class"],
        payload=_encode(payload),
        routing=routing.written(envelope),
        limit_key=gates.waits_for(envelope),
        scheduled_at=envelope.scheduled_at,
        executions=payload["executions"],
    )


def payload_text(payload: Payload) -> str:
    """A payload as it is stored: JSON in ASCII."""
    return _encode(payload)


CLAIM_COLUMNS = (
    "id, claim_number, crashes, queue, priority, process_id, scheduled_at, claimed_at,"
    " cancel_asked_at, payload, routing"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A row that a process holds, and the claim that it stands for."""

    id: int
    process_id: str
    claimed_at: datetime | None
    is_cancelled: bool
    claim: Claim


def held_of(record: Record, vendor: Vendor) -> Held:
    """A held row, from the values of ``CLAIM_COLUMNS``."""
    id, claim_number, crashes, *facts = record
    queue, priority, process_id, scheduled_at, claimed_at, cancel_asked_at, payload, routed = facts
    try:
        envelope = Envelope(
            payload=_readable_payload(payload, provider_job_id=str(id)),
            queue_name=queue,
            priority=priority,
            scheduled_at=vendor.read_time(scheduled_at),
            **routing.read(routed),
        )
        unreadable = None
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        envelope, unreadable = None, _unreadable(id, error)
    return Held(
        id=id,
        process_id=process_id,
        claimed_at=vendor.read_time(claimed_at),
        is_cancelled=cancel_asked_at is not None,
        claim=Claim(
            token=f"{id}:{claim_number}",
            envelope=envelope,
            unreadable=unreadable,
            crashes=crashes,
        ),
    )


def read_payload(text: str) -> Payload | None:
    """The payload in a text, or None when it holds none."""
    try:
        return _parsed(text)
    except (ValueError, TypeError, RecursionError):
        return None


def _readable_payload(text: str, *, provider_job_id: str) -> Payload:
    payload = _parsed(text)
    payload["provider_job_id"] = provider_job_id
    return payload


def _parsed(text: str) -> Payload:
    payload: Payload = json.loads(text)
    if not isinstance(payload, dict):
        raise TypeError(f"a JSON object is expected, and this is {type(payload).__name__}")
    for key, expected in _EXPECTED.items():
        if not isinstance(payload.get(key), expected):
            raise TypeError(f"{key!r} is missing or not a {expected.__name__}")
    return payload


_EXPECTED: dict[str, type] = {
    "job_class": str,
    "job_id": str,
    "arguments": list,
    "executions": int,
}


def _unreadable(id: int, error: Exception) -> ErrorRecord:
    return ErrorRecord(
        class_name="django_activejob.errors.MalformedPayload",
        message=(
            f"The job with provider_job_id {id}: what is stored is not the JSON form of a job: "
            f"{error}. Look at its raw payload, then discard it."
        ),
    )


def _first_state(envelope: Envelope, *, keeps_permit: bool) -> State:
    if envelope.scheduled_at is not None and envelope.scheduled_at > now():
        return State.SCHEDULED
    has_to_wait = envelope.limit is not None or envelope.throttle is not None
    return State.BLOCKED if has_to_wait and not keeps_permit else State.READY


def _refuse_misfits(envelope: Envelope) -> None:
    payload = envelope.payload
    _refuse_text("queue name", envelope.queue_name, limit=NAME_CHARACTERS, of=payload)
    _refuse_text("job class", payload["job_class"], limit=NAME_CHARACTERS, of=payload)
    _refuse_text("job id", payload["job_id"], limit=JOB_ID_CHARACTERS, of=payload)
    for shared in (envelope.limit, envelope.throttle, envelope.unique):
        if shared is not None:
            _refuse_text("key", shared.key, limit=NAME_CHARACTERS, of=payload)
    if not SMALLEST_PRIORITY <= envelope.priority <= GREATEST_PRIORITY:
        raise EnqueueError(
            f"{label(payload)}: the priority {envelope.priority} is too far from 0; "
            f"use one from {SMALLEST_PRIORITY} to {GREATEST_PRIORITY}."
        )


def _refuse_text(name: str, text: str, *, limit: int, of: Payload) -> None:
    if 0 < len(text) <= limit and is_storable(text):
        return
    raise EnqueueError(
        f"{label(of)}: the {name} {text[:40]!r} cannot be stored; use 1 to {limit} characters, "
        f"none of them NUL or half of a surrogate pair."
    )


def label(payload: Payload) -> str:
    """A job, for people: its class and its id."""
    return f"{payload['job_class'][:NAME_CHARACTERS]} ({payload['job_id'][:JOB_ID_CHARACTERS]})"
