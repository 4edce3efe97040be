"""Lines about jobs on their way to a queue."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django_activejob.contracts import QueueAdapter
from django_activejob.job import times
from django_activejob.job.base import ActiveJob
from django_activejob.job.registry import name_of
from django_activejob.log_subscriber.lines import (
    about,
    about_error,
    arguments_of,
    error_of,
    job_of,
    jobs_of,
    queue_of,
    with_arguments,
    write,
)


def enqueued(*, job: ActiveJob, adapter: QueueAdapter, **_: Any) -> None:
    """Receives ``signals.enqueued``."""
    at = f" at {job.scheduled_at:%Y-%m-%d %H:%M:%S %Z}" if job.scheduled_at else ""
    line = f"Enqueued {job_of(job)} to {queue_of(job, adapter)}{at}{with_arguments(job)}"
    facts = {"scheduled_at": times.to_text(job.scheduled_at)} if job.scheduled_at else {}
    event = "enqueued_at" if job.scheduled_at else "enqueued"
    write(line, event, about(job, adapter), arguments_of(job), facts, aborted=False)


def enqueued_all(
    *, jobs: Sequence[ActiveJob], adapter: QueueAdapter, enqueued_count: int, **_: Any
) -> None:
    """Receives ``signals.enqueued_all``."""
    failed = len(jobs) - enqueued_count
    counts = Counter(name_of(type(job)) for job in jobs if job.successfully_enqueued)
    facts = {
        "adapter": adapter.display_name,
        "job_count": len(jobs),
        "enqueued_count": enqueued_count,
        "failed_enqueue_count": failed,
        "enqueued_classes": dict(counts.most_common()),
    }
    # Active Job puts no tags before this line.
    write(_about_many(counts, failed, adapter), "bulk_enqueued", facts, tags="")


def _about_many(counts: Counter[str], failed: int, adapter: QueueAdapter) -> str:
    if not counts:
        return f"Failed enqueuing {jobs_of(failed)} to {adapter.display_name}"
    classes = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    rest = f". Failed enqueuing {jobs_of(failed)}" if failed else ""
    return f"Enqueued {jobs_of(counts.total())} to {adapter.display_name} ({classes}){rest}"


def enqueue_failed(
    *, job: ActiveJob, adapter: QueueAdapter, error: BaseException, **_: Any
) -> None:
    """Receives ``signals.enqueue_failed``."""
    line = f"Failed enqueuing {name_of(type(job))} to {queue_of(job, adapter)}: {error_of(error)}"
    event = "enqueued_at" if job.scheduled_at else "enqueued"
    facts = about(job, adapter) | about_error(error)
    write(line, event, facts, level=logging.ERROR, aborted=False)


def enqueue_aborted(*, job: ActiveJob, adapter: QueueAdapter, **_: Any) -> None:
    """Receives ``signals.enqueue_aborted``."""
    line = (
        f"Failed enqueuing {name_of(type(job))} to {queue_of(job, adapter)}, "
        "a before_enqueue callback halted the enqueuing execution."
    )
    event = "enqueued_at" if job.scheduled_at else "enqueued"
    write(line, event, about(job, adapter), aborted=True)
