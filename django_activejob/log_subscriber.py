"""Signals → log lines, worded as Active Job's; the only module that writes about jobs.

Logger: ``django_activejob``. Lines from inside a job carry its class and id in front. The
facts are in ``extra`` too, under the names of Active Job's structured events: ``event``
("active_job.completed", …), job_class, job_id, queue, adapter, duration (milliseconds),
exception_class and the like.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django_activejob import conf, signals
from django_activejob.contracts import Buried, Payload, QueueAdapter
from django_activejob.instrumentation import ask_first
from django_activejob.job import times
from django_activejob.job.backtrace import caller, cleaned
from django_activejob.job.base import ActiveJob
from django_activejob.job.context import current_job
from django_activejob.job.execution import error_record
from django_activejob.job.masking import masked_arguments
from django_activejob.job.registry import name_of
from django_activejob.serialization import inspect_arguments

logger = logging.getLogger("django_activejob")


def connect() -> None:
    """Begins to listen; calling it again changes nothing."""
    for signal, receiver, level in _RECEIVERS:
        signal.connect(
            receiver, dispatch_uid=f"django_activejob.log_subscriber.{receiver.__name__}"
        )
        ask_first(signal, partial(logger.isEnabledFor, level))


# Enqueuing


def _enqueued(*, job: ActiveJob, adapter: QueueAdapter, **_: Any) -> None:
    at = f" at {job.scheduled_at:%Y-%m-%d %H:%M:%S %Z}" if job.scheduled_at else ""
    line = f"Enqueued {_job(job)} to {_queue(job, adapter)}{at}{_with_arguments(job)}"
    facts = {"scheduled_at": times.to_text(job.scheduled_at)} if job.scheduled_at else {}
    event = "enqueued_at" if job.scheduled_at else "enqueued"
    _write(line, event, _about(job, adapter), _arguments(job), facts, aborted=False)


def _enqueued_all(
    *, jobs: Sequence[ActiveJob], adapter: QueueAdapter, enqueued_count: int, **_: Any
) -> None:
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
    _write(_about_many(counts, failed, adapter), "bulk_enqueued", facts, tags="")


def _about_many(counts: Counter[str], failed: int, adapter: QueueAdapter) -> str:
    if not counts:
        return f"Failed enqueuing {_jobs(failed)} to {adapter.display_name}"
    classes = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    rest = f". Failed enqueuing {_jobs(failed)}" if failed else ""
    return f"Enqueued {_jobs(counts.total())} to {adapter.display_name} ({classes}){rest}"


def _enqueue_failed(
    *, job: ActiveJob, adapter: QueueAdapter, error: BaseException, **_: Any
) -> None:
    line = f"Failed enqueuing {name_of(type(job))} to {_queue(job, adapter)}: {_error(error)}"
    event = "enqueued_at" if job.scheduled_at else "enqueued"
    facts = _about(job, adapter) | _about_error(error)
    _write(line, event, facts, level=logging.ERROR, aborted=False)


def _enqueue_aborted(*, job: ActiveJob, adapter: QueueAdapter, **_: Any) -> None:
    line = (
        f"Failed enqueuing {name_of(type(job))} to {_queue(job, adapter)}, "
        "a before_enqueue callback halted the enqueuing execution."
    )
    event = "enqueued_at" if job.scheduled_at else "enqueued"
    _write(line, event, _about(job, adapter), aborted=True)


# Performing


def _performing(*, job: ActiveJob, adapter: QueueAdapter, **_: Any) -> None:
    enqueued_at = times.to_text(job.enqueued_at) if job.enqueued_at else None
    since = f" enqueued at {enqueued_at}" if enqueued_at else ""
    line = f"Performing {_job(job)} from {_queue(job, adapter)}{since}{_with_arguments(job)}"
    _write(line, "started", _about(job, adapter), _arguments(job), enqueued_at=enqueued_at)


def _performed(*, job: ActiveJob, adapter: QueueAdapter, seconds: float, **_: Any) -> None:
    line = f"Performed {_job(job)} from {_queue(job, adapter)} in {_milliseconds(seconds)}"
    _write(line, "completed", _about(job, adapter), _duration(seconds), aborted=False)


def _perform_aborted(*, job: ActiveJob, adapter: QueueAdapter, seconds: float, **_: Any) -> None:
    line = (
        f"Error performing {_job(job)} from {_queue(job, adapter)} in {_milliseconds(seconds)}: "
        "a before_perform callback halted the job execution"
    )
    facts = _about(job, adapter) | _duration(seconds)
    _write(line, "completed", facts, level=logging.ERROR, aborted=True)


def _failed(
    *,
    job: ActiveJob | None,
    payload: Payload | None,
    adapter: QueueAdapter,
    error: BaseException,
    seconds: float,
    **_: Any,
) -> None:
    backtrace = cleaned(error).rstrip()
    if job is not None:
        facts = _about(job, adapter)
        end = f"{_job(job)} from {_queue(job, adapter)} in {_milliseconds(seconds)}"
    else:
        facts = _about_payload(payload)
        end = f"{_job_in(payload)} from {adapter.display_name}"
    _write(
        f"Error performing {end}: {_error(error)}:\n{backtrace}",
        "completed",
        facts | _duration(seconds) | _about_error(error),
        level=logging.ERROR,
        aborted=False,
        exception_backtrace=backtrace.splitlines(),
    )


def _retry_scheduled(
    *, job: ActiveJob, adapter: QueueAdapter, error: BaseException | None, wait: Any, **_: Any
) -> None:
    reason = f", due to a {_error(error)}" if error is not None else ""
    tries = job.executions
    line = f"Retrying {_job(job)} after {tries} attempts in {_seconds(wait)} seconds{reason}."
    facts = _about(job, adapter) | _about_error(error)
    _write(line, "retry_scheduled", facts, executions=tries, wait_seconds=_seconds(wait))


def _retries_exhausted(
    *, job: ActiveJob, adapter: QueueAdapter, error: BaseException, **_: Any
) -> None:
    line = (
        f"Stopped retrying {_job(job)} due to a {_error(error)}, "
        f"which reoccurred on {job.executions} attempts."
    )
    facts = _about(job, adapter) | _about_error(error)
    _write(line, "retry_stopped", facts, level=logging.ERROR, executions=job.executions)


def _discarded(*, job: ActiveJob, adapter: QueueAdapter, error: BaseException, **_: Any) -> None:
    line = f"Discarded {_job(job)} due to a {_error(error)}."
    _write(line, "discarded", _about(job, adapter), _about_error(error), level=logging.ERROR)


def _error_reported(
    *, job: ActiveJob, adapter: QueueAdapter, error: BaseException, **_: Any
) -> None:
    line = f"{_job(job)} has dealt with an error: {_error(error)}:\n{cleaned(error).rstrip()}"
    facts = _about(job, adapter) | _about_error(error)
    _write(line, "error_reported", facts, level=logging.WARNING)


# Steps


def _interrupted(
    *, job: ActiveJob, adapter: QueueAdapter, description: str, reason: str, **_: Any
) -> None:
    line = f"Interrupted {_job(job)} {description} ({reason})"
    _write(line, "interrupt", _about(job, adapter), description=description, reason=reason)


def _resumed(*, job: ActiveJob, adapter: QueueAdapter, description: str, **_: Any) -> None:
    line = f"Resuming {_job(job)} {description}"
    _write(line, "resume", _about(job, adapter), description=description)


def _step_skipped(*, job: ActiveJob, adapter: QueueAdapter, step: str, **_: Any) -> None:
    line = f"Step '{step}' skipped {name_of(type(job))}"
    _write(line, "step_skipped", _about(job, adapter), step=step)


def _step_started(*, job: ActiveJob, adapter: QueueAdapter, step: Any, **_: Any) -> None:
    how = f"resumed from cursor '{_cursor(step)}'" if step.resumed else "started"
    line = f"Step '{step.name}' {how} for {_job(job)}"
    facts = _about(job, adapter) | _about_step(step)
    _write(line, "step_started", facts, resumed=step.resumed)


def _step_performed(
    *,
    job: ActiveJob,
    adapter: QueueAdapter,
    step: Any,
    seconds: float,
    interrupted: bool,
    error: BaseException | None,
    **_: Any,
) -> None:
    end = f"for {_job(job)} in {_milliseconds(seconds)}"
    if error is not None:
        line = f"Error during step '{step.name}' at cursor '{_cursor(step)}' {end}: {_error(error)}"
    elif interrupted:
        line = f"Step '{step.name}' interrupted at cursor '{_cursor(step)}' {end}"
    else:
        line = f"Step '{step.name}' completed {end}"
    facts = _about(job, adapter) | _about_step(step) | _duration(seconds) | _about_error(error)
    level = logging.INFO if error is None else logging.ERROR
    _write(line, "step", facts, level=level, interrupted=interrupted)


# Recurring tasks


def _recurring_enqueued(
    *, job: ActiveJob, adapter: QueueAdapter, key: str, run_at: datetime, **_: Any
) -> None:
    line = f"Enqueued recurring task {key!r} as {_job(job)}, due at {_moment(run_at)}"
    facts = {"task": key, "run_at": times.to_text(run_at)}
    _write(line, "recurring_enqueued", _about(job, adapter), facts)


def _recurring_skipped(
    *, adapter: QueueAdapter, key: str, first: datetime, last: datetime, **_: Any
) -> None:
    missed = _moment(first) if first == last else f"{_moment(first)} to {_moment(last)}"
    line = f"Skipped recurring task {key!r}: missed {missed}"
    facts = {"first": times.to_text(first), "last": times.to_text(last)}
    about = {"task": key, "adapter": adapter.display_name}
    _write(line, "recurring_skipped", facts, about, level=logging.WARNING)


# Processes


def _process_pruned(*, buried: Sequence[Buried], **_: Any) -> None:
    for claim in buried:
        payload = claim.envelope.payload if claim.envelope else None
        logger.warning("The process that held %s is dead: %s.", _job_in(payload), _fate(claim))


def _fate(claim: Buried) -> str:
    fates = {
        "released": "the job had not begun and is back in its queue",
        "retried": "the job will be run again",
        "failed": "the job has failed",
    }
    return fates[claim.fate]


# Each with the least serious level at which it has something to say.
_RECEIVERS = (
    (signals.enqueued, _enqueued, logging.INFO),
    (signals.enqueued_all, _enqueued_all, logging.INFO),
    (signals.enqueue_failed, _enqueue_failed, logging.ERROR),
    (signals.enqueue_aborted, _enqueue_aborted, logging.INFO),
    (signals.performing, _performing, logging.INFO),
    (signals.performed, _performed, logging.INFO),
    (signals.perform_aborted, _perform_aborted, logging.ERROR),
    (signals.failed, _failed, logging.ERROR),
    (signals.retry_scheduled, _retry_scheduled, logging.INFO),
    (signals.retries_exhausted, _retries_exhausted, logging.ERROR),
    (signals.discarded, _discarded, logging.ERROR),
    (signals.error_reported, _error_reported, logging.WARNING),
    (signals.interrupted, _interrupted, logging.INFO),
    (signals.resumed, _resumed, logging.INFO),
    (signals.step_started, _step_started, logging.INFO),
    (signals.step_performed, _step_performed, logging.INFO),
    (signals.step_skipped, _step_skipped, logging.INFO),
    (signals.recurring_enqueued, _recurring_enqueued, logging.INFO),
    (signals.recurring_skipped, _recurring_skipped, logging.WARNING),
    (signals.process_pruned, _process_pruned, logging.WARNING),
)


# Lines and facts


def _write(
    line: str,
    event: str,
    *facts: dict[str, Any],
    level: int = logging.INFO,
    tags: str | None = None,
    **more: Any,
) -> None:
    extra: dict[str, Any] = {"event": f"active_job.{event}", **more}
    for some in facts:
        extra |= some
    logger.log(level, "%s%s", _tags() if tags is None else tags, line, extra=extra)
    if conf.settings().verbose_enqueue_logs and (place := caller()):
        logger.info("↳ %s", place)


def _tags() -> str:
    around = current_job()
    tags = f" [{name_of(type(around))}] [{around.job_id}]" if around is not None else ""
    return f"[ActiveJob]{tags} "


def _about(job: ActiveJob, adapter: QueueAdapter) -> dict[str, Any]:
    return {
        "job_class": name_of(type(job)),
        "job_id": job.job_id,
        "queue": job.queue_name,
        "adapter": adapter.display_name,
    }


def _about_payload(payload: Payload | None) -> dict[str, Any]:
    if not isinstance(payload, dict):
        return {}
    return {"job_class": payload.get("job_class"), "job_id": payload.get("job_id")}


def _about_error(error: BaseException | None) -> dict[str, Any]:
    if error is None:
        return {}
    record = error_record(error)
    return {"exception_class": record.class_name, "exception_message": record.message}


def _about_step(step: Any) -> dict[str, Any]:
    return {"step": step.name, "cursor": step.cursor}


def _duration(seconds: float) -> dict[str, Any]:
    return {"duration": round(seconds * 1000, 2)}


def _arguments(job: ActiveJob) -> dict[str, Any]:
    return {"arguments": _inspected(job)} if _shows_arguments(job) else {}


def _with_arguments(job: ActiveJob) -> str:
    if not _shows_arguments(job) or not (job.arguments or job.keyword_arguments):
        return ""
    return f" with arguments: {_inspected(job)}"


def _shows_arguments(job: ActiveJob) -> bool:
    return conf.settings().log_arguments if job.log_arguments is None else job.log_arguments


def _inspected(job: ActiveJob) -> str:
    return inspect_arguments(*masked_arguments(job))


# Words


def _job(job: ActiveJob) -> str:
    return f"{name_of(type(job))} (Job ID: {job.job_id})"


def _job_in(payload: Payload | None) -> str:
    if not isinstance(payload, dict):
        return "a job that cannot be read"
    return f"{payload.get('job_class')} (Job ID: {payload.get('job_id')})"


def _queue(job: ActiveJob, adapter: QueueAdapter) -> str:
    return f"{adapter.display_name}({job.queue_name})"


def _cursor(step: Any) -> str:
    return inspect_arguments([step.cursor], {})


def _error(error: BaseException) -> str:
    return f"{type(error).__qualname__} ({error_record(error).message})"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.2f}ms"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S %Z}"


def _seconds(wait: Any) -> int:
    return int(wait.total_seconds() if hasattr(wait, "total_seconds") else wait or 0)


def _jobs(number: int) -> str:
    return "1 job" if number == 1 else f"{number} jobs"
