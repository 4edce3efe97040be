"""Rows as people see them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast

from django_activejob.adapters.database import routing
from django_activejob.adapters.database.rows import read_payload
from django_activejob.adapters.database.store import Record, Store
from django_activejob.adapters.database.vendor import Vendor
from django_activejob.contracts import (
    AttemptRecord,
    ErrorRecord,
    JobRecord,
    ProcessRecord,
    QueueRecord,
    Status,
)

# Lists show the beginning of a long payload; only a job's own page loads all of it.
LISTED_CHARACTERS = 65_536

_FACTS = (
    "id, job_id, job_class, queue, priority, state, executions, crashes, enqueued_at,"
    " scheduled_at, claimed_at, finished_at, failed_at, cancel_asked_at, process_id,"
    " error_class, limit_key, routing"
)
LISTED_COLUMNS = f"{_FACTS}, substr(payload, 1, {LISTED_CHARACTERS})"
ALL_COLUMNS = f"{_FACTS}, payload"

_LATEST_ERRORS = """
    SELECT job_id, error_class, error_message, {traceback} FROM django_activejob_attempt
    WHERE id IN (
        SELECT MAX(id) FROM django_activejob_attempt
        WHERE job_id {among} AND error_class <> '' GROUP BY job_id
    )
"""


def listed(store: Store, rows: Sequence[Record]) -> list[JobRecord]:
    """The jobs of a list (rows of ``LISTED_COLUMNS``), their latest errors without traceback."""
    errors = _latest_errors(store, rows, traceback="''")
    return [_record_of(row, store.vendor, errors.get(row[0])) for row in rows]


def whole(store: Store, row: Record) -> JobRecord:
    """One job (a row of ``ALL_COLUMNS``) with all that is known of its latest error."""
    errors = _latest_errors(store, [row], traceback="traceback")
    return _record_of(row, store.vendor, errors.get(row[0]))


def attempt_of(row: Record, vendor: Vendor) -> AttemptRecord:
    """One attempt, from number, outcome, started_at, seconds and the three texts of its error."""
    number, outcome, started_at, seconds, *error = row
    return AttemptRecord(
        number=number,
        outcome=outcome,
        started_at=vendor.read_time(started_at),
        seconds=seconds,
        error=_error_of(*error),
    )


def queue_of(row: Record, vendor: Vendor, *, paused: bool) -> QueueRecord:
    """One queue, from its name, its size, when its oldest job became ready, and the store's now."""
    name, size, oldest, present = row
    since, until = vendor.read_time(oldest), vendor.read_time(present)
    latency = max(0.0, (until - since).total_seconds()) if since and until else None
    return QueueRecord(name=name, size=size, latency=latency, paused=paused)


def process_of(row: Record, vendor: Vendor) -> ProcessRecord:
    """One process, from id, kind, hostname, pid, metadata, started_at and beat_at."""
    id, kind, hostname, pid, metadata, started_at, beat_at = row
    return ProcessRecord(
        id=id,
        kind=kind,
        hostname=hostname,
        pid=pid,
        metadata=json.loads(metadata) if metadata else {},
        started_at=vendor.read_time(started_at),
        beat_at=vendor.read_time(beat_at),
    )


def _latest_errors(
    store: Store, rows: Sequence[Record], *, traceback: str
) -> dict[int, ErrorRecord | None]:
    ids = [row[0] for row in rows]
    if not ids:
        return {}
    found = store.rows(_LATEST_ERRORS, (ids,), traceback=traceback)
    return {row_id: _error_of(*texts) for row_id, *texts in found}


def _error_of(class_name: str, message: str, traceback: str) -> ErrorRecord | None:
    if not class_name:
        return None
    return ErrorRecord(class_name=class_name, message=message, traceback=traceback)


def _record_of(row: Record, vendor: Vendor, error: ErrorRecord | None) -> JobRecord:
    id, job_id, job_class, queue, priority, state, executions, crashes, *rest = row
    *times, process_id, error_class, limit_key, routed, raw_payload = rest
    enqueued_at, scheduled_at, claimed_at, finished_at, failed_at, cancel_asked_at = map(
        vendor.read_time, times
    )
    return JobRecord(
        id=str(id),
        job_id=job_id,
        job_class=job_class,
        queue=queue,
        priority=priority,
        status=_status(state, executions),
        payload=read_payload(raw_payload),
        raw_payload=raw_payload,
        executions=executions,
        crashes=crashes,
        enqueued_at=enqueued_at,
        scheduled_at=scheduled_at,
        claimed_at=claimed_at,
        finished_at=finished_at,
        failed_at=failed_at,
        cancel_asked_at=cancel_asked_at,
        process_id=process_id or None,
        error=error if error_class else None,
        limit_key=limit_key or None,
        **_origins(routed),
    )


def _origins(routed: str) -> dict[str, str | None]:
    """Where a job comes from, as far as that can be read."""
    try:
        facts = routing.read(routed)
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}
    return {name: facts.get(name) for name in ("recurring_key", "batch_id")}


def _status(state: str, executions: int) -> Status:
    if state == "scheduled" and executions:
        return "retrying"
    return cast("Status", state)
