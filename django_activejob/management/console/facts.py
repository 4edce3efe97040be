"""Records as JSON, for other programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django_activejob.contracts import AttemptRecord, ErrorRecord, JobRecord


def as_json(facts: Any) -> str:
    """Facts as JSON; times as ISO 8601."""
    return json.dumps(facts, default=str, indent=2, ensure_ascii=False)


def job_facts(job: JobRecord) -> dict[str, Any]:
    """A job without its arguments, which may hold secrets."""
    names = (
        *("id", "job_id", "job_class", "queue", "priority", "status", "executions", "crashes"),
        *("enqueued_at", "scheduled_at", "claimed_at", "finished_at", "failed_at"),
        *("cancel_asked_at", "process_id"),
    )
    facts = {name: _plain(getattr(job, name)) for name in names}
    return {**facts, "error": error_facts(job.error)}


def attempt_facts(attempts: Sequence[AttemptRecord]) -> list[dict[str, Any]]:
    """The executions of a job that did not end well."""
    return [
        {
            "number": attempt.number,
            "outcome": attempt.outcome,
            "started_at": _plain(attempt.started_at),
            "seconds": attempt.seconds,
            "error": error_facts(attempt.error),
        }
        for attempt in attempts
    ]


def error_facts(error: ErrorRecord | None) -> dict[str, str] | None:
    """An error, without its traceback."""
    return None if error is None else {"class": error.class_name, "message": error.message}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
