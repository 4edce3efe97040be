"""Lines about jobs that run, and what becomes of them."""

from __future__ import annotations

import logging
from typing import Any

from django_activejob.contracts import Payload, QueueAdapter
from django_activejob.errors import JobCancelled
from django_activejob.job import times
from django_activejob.job.backtrace import cleaned
from django_activejob.job.base import ActiveJob
from django_activejob.log_subscriber.lines import (
    about,
    about_error,
    about_payload,
    arguments_of,
    duration,
    error_of,
    job_in,
    job_of,
    milliseconds,
    queue_of,
    seconds_of,
    with_arguments,
    write,
)


def performing(*, job: ActiveJob, adapter: QueueAdapter, **_: Any) -> None:
    """Receives ``signals.performing``."""
    enqueued_at = times.to_text(job.enqueued_at) if job.enqueued_at else None
    since = f" enqueued at {enqueued_at}" if enqueued_at else ""
    line = f"Performing {job_of(job)} from {queue_of(job, adapter)}{since}{with_arguments(job)}"
    write(line, "started", about(job, adapter), arguments_of(job), enqueued_at=enqueued_at)


def performed(*, job: ActiveJob, adapter: QueueAdapter, seconds: float, **_: Any) -> None:
    """Receives ``signals.performed``."""
    line = f"Performed {job_of(job)} from {queue_of(job, adapter)} in {milliseconds(seconds)}"
    write(line, "completed", about(job, adapter), duration(seconds), aborted=False)


def perform_aborted(*, job: ActiveJob, adapter: QueueAdapter, seconds: float, **_: Any) -> None:
    """Receives ``signals.perform_aborted``."""
    line = (
        f"Error performing {job_of(job)} from {queue_of(job, adapter)} in {milliseconds(seconds)}: "
        "a before_perform callback halted the job execution"
    )
    facts = about(job, adapter) | duration(seconds)
    write(line, "completed", facts, level=logging.ERROR, aborted=True)


def failed(
    *,
    job: ActiveJob | None,
    payload: Payload | None,
    adapter: QueueAdapter,
    error: BaseException,
    seconds: float,
    **_: Any,
) -> None:
    """Receives ``signals.failed``."""
    backtrace = cleaned(error).rstrip()
    if job is not None:
        facts = about(job, adapter)
        end = f"{job_of(job)} from {queue_of(job, adapter)} in {milliseconds(seconds)}"
    else:
        facts = about_payload(payload)
        end = f"{job_in(payload)} from {adapter.display_name}"
    write(
        f"Error performing {end}: {error_of(error)}:\n{backtrace}",
        "completed",
        facts | duration(seconds) | about_error(error),
        level=logging.ERROR,
        aborted=False,
        exception_backtrace=backtrace.splitlines(),
    )


def retry_scheduled(
    *, job: ActiveJob, adapter: QueueAdapter, error: BaseException | None, wait: Any, **_: Any
) -> None:
    """Receives ``signals.retry_scheduled``."""
    reason = f", due to a {error_of(error)}" if error is not None else ""
    tries = job.executions
    line = f"Retrying {job_of(job)} after {tries} attempts in {seconds_of(wait)} seconds{reason}."
    facts = about(job, adapter) | about_error(error)
    write(line, "retry_scheduled", facts, executions=tries, wait_seconds=seconds_of(wait))


def retries_exhausted(
    *, job: ActiveJob, adapter: QueueAdapter, error: BaseException, **_: Any
) -> None:
    """Receives ``signals.retries_exhausted``."""
    line = (
        f"Stopped retrying {job_of(job)} due to a {error_of(error)}, "
        f"which reoccurred on {job.executions} attempts."
    )
    facts = about(job, adapter) | about_error(error)
    write(line, "retry_stopped", facts, level=logging.ERROR, executions=job.executions)


def discarded(*, job: ActiveJob, adapter: QueueAdapter, error: BaseException, **_: Any) -> None:
    """Receives ``signals.discarded``."""
    line = f"Discarded {job_of(job)} due to a {error_of(error)}."
    # What an operator has wanted need not wake another one.
    level = logging.INFO if isinstance(error, JobCancelled) else logging.ERROR
    write(line, "discarded", about(job, adapter), about_error(error), level=level)


def error_reported(
    *, job: ActiveJob, adapter: QueueAdapter, error: BaseException, **_: Any
) -> None:
    """Receives ``signals.error_reported``."""
    line = f"{job_of(job)} has dealt with an error: {error_of(error)}:\n{cleaned(error).rstrip()}"
    facts = about(job, adapter) | about_error(error)
    write(line, "error_reported", facts, level=logging.WARNING)
