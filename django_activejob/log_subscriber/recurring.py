"""Lines about jobs on a schedule."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django_activejob.contracts import QueueAdapter
from django_activejob.job import times
from django_activejob.job.base import ActiveJob
from django_activejob.log_subscriber.lines import about, job_of, moment_of, write


def recurring_enqueued(
    *, job: ActiveJob, adapter: QueueAdapter, key: str, run_at: datetime, **_: Any
) -> None:
    """Receives ``signals.recurring_enqueued``."""
    line = f"Enqueued recurring task {key!r} as {job_of(job)}, due at {moment_of(run_at)}"
    facts = {"task": key, "run_at": times.to_text(run_at)}
    write(line, "recurring_enqueued", about(job, adapter), facts)


def recurring_skipped(
    *, adapter: QueueAdapter, key: str, first: datetime, last: datetime, **_: Any
) -> None:
    """Receives ``signals.recurring_skipped``."""
    missed = moment_of(first) if first == last else f"{moment_of(first)} to {moment_of(last)}"
    line = f"Skipped recurring task {key!r}: missed {missed}"
    facts = {"first": times.to_text(first), "last": times.to_text(last)}
    about = {"task": key, "adapter": adapter.display_name}
    write(line, "recurring_skipped", facts, about, level=logging.WARNING)
