"""Job records to show."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django_activejob import clock
from django_activejob.contracts import ErrorRecord, JobRecord, Payload, ProcessRecord

_ids = itertools.count(1)

MOMENT = datetime(2026, 8, 22, 17, 6, 1, tzinfo=UTC)


def payload_of(job_class: str, job_id: str, arguments: list[Any]) -> Payload:
    """A payload as Active Job writes it."""
    return {
        "job_class": job_class,
        "job_id": job_id,
        "provider_job_id": None,
        "queue_name": "default",
        "priority": None,
        "arguments": arguments,
        "executions": 0,
        "exception_executions": {},
        "locale": "en",
        "timezone": "UTC",
        "enqueued_at": "2026-08-22T17:06:01.123456000Z",
        "scheduled_at": None,
    }


def error(message: str = "no more tea", **changes: Any) -> ErrorRecord:
    """An error with a traceback."""
    facts = {
        "class_name": "shop.errors.OutOfStock",
        "message": message,
        "traceback": f'Traceback (most recent call last):\n  File "jobs.py"\n{message}',
    }
    return ErrorRecord(**{**facts, **changes})


def job_record(**changes: Any) -> JobRecord:
    """A ready job with one argument, changed as asked; ``arguments`` go into its payload."""
    id = str(changes.get("id", next(_ids)))
    job_class = changes.get("job_class", "shop.ReportJob")
    job_id = changes.get("job_id", f"6f0a2b1c-0000-4000-8000-{int(id) if id.isdigit() else 0:012d}")
    payload = payload_of(job_class, job_id, changes.pop("arguments", [42]))
    facts: dict[str, Any] = {
        "id": id,
        "job_id": job_id,
        "job_class": job_class,
        "queue": "default",
        "priority": 0,
        "status": "ready",
        "payload": payload,
        "raw_payload": json.dumps(payload),
        "enqueued_at": MOMENT,
    }
    return JobRecord(**{**facts, **changes})


def failed_record(**changes: Any) -> JobRecord:
    """A job that has failed in its third execution."""
    facts = {
        "status": "failed",
        "error": error(),
        "executions": 3,
        "claimed_at": MOMENT + timedelta(seconds=3),
        "failed_at": MOMENT + timedelta(seconds=4.5),
    }
    return job_record(**{**facts, **changes})


def process_record(**changes: Any) -> ProcessRecord:
    """A worker that has just beaten, changed as asked; ``said`` goes into its metadata."""
    said = {
        "name": "worker 1",
        "supervisor_pid": 4000,
        "duties": ["worker"],
        "queues": ["default", "mailers"],
        "threads": 5,
        "busy": 3,
        "memory": 73_400_320,
        "load": 0.5,
        "quiet": False,
        **changes.pop("said", {}),
    }
    facts: dict[str, Any] = {
        "id": "a" * 32,
        "kind": "worker",
        "hostname": "büro",
        "pid": 4711,
        "metadata": said,
        "started_at": clock.now() - timedelta(hours=2),
        "beat_at": clock.now() - timedelta(seconds=2),
    }
    return ProcessRecord(**{**facts, **changes})
