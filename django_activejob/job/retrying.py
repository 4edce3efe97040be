"""The same job once more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from django_activejob import signals
from django_activejob.contracts import Envelope
from django_activejob.instrumentation import notify
from django_activejob.job import configured, enqueuing

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob
    from django_activejob.job.context import ClaimedRun


def retry_job(
    job: ActiveJob,
    *,
    wait: float | timedelta | None = None,
    wait_until: datetime | None = None,
    queue: str | None = None,
    priority: int | None = None,
    error: BaseException | None = None,
) -> ActiveJob | Literal[False]:
    """Enqueues a job again, with the same id and its counters, as Active Job's ``retry_job``.

    The first retry of a job that runs on a claim is not written at once: it takes the
    claimed job's place when the claim is settled, so that no crash can part the two.
    """
    before = (job.scheduled_at, job.queue_name, job.priority)
    try:
        configured.apply(job, wait=wait, wait_until=wait_until, queue=queue, priority=priority)
        enqueued = _enqueue(job)
        notify(
            signals.retry_scheduled,
            type(job),
            job=job,
            adapter=enqueuing.adapter_of(type(job)),
            error=error,
            wait=wait,
        )
    finally:
        # The rest of this execution is still that of the job as it was.
        job.scheduled_at, job.queue_name, job.priority = before
    return enqueued


def _enqueue(job: ActiveJob) -> ActiveJob | Literal[False]:
    run = job._run
    if run is None or run.retry is not None or run.adapter is not enqueuing.adapter_of(type(job)):
        return enqueuing.enqueue(job)
    return enqueuing.hand_over(job, adapter=run.adapter, deliver=lambda e: _keep(run, e))


def _keep(run: ClaimedRun, envelope: Envelope) -> str | None:
    run.retry = envelope
    return None
