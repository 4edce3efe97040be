"""Signals → log lines, worded as Active Job's; the only module that writes about jobs.

Logger: ``django_activejob``. Lines from inside a job carry its class and id in front. The
facts are in ``extra`` too: job_class, job_id, queue.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django_activejob import conf, signals
from django_activejob.contracts import Buried, Payload, QueueAdapter
from django_activejob.job.base import ActiveJob
from django_activejob.job.context import current_job
from django_activejob.job.execution import error_record
from django_activejob.job.registry import name_of
from django_activejob.serialization import inspect_arguments

logger = logging.getLogger("django_activejob")


def connect() -> None:
    """Begins to listen; calling it again changes nothing."""
    for signal, receiver in _RECEIVERS:
        signal.connect(
            receiver, dispatch_uid=f"django_activejob.log_subscriber.{receiver.__name__}"
        )


# Enqueuing


def _enqueued(*, job: ActiveJob, adapter: QueueAdapter, **_: Any) -> None:
    if logger.isEnabledFor(logging.INFO):
        at = f" at {job.scheduled_at:%Y-%m-%d %H:%M:%S %Z}" if job.scheduled_at else ""
        place = _queue(job, adapter)
        _write(logging.INFO, job, f"Enqueued {_job(job)} to {place}{at}{_arguments(job)}")


def _enqueued_all(
    *, jobs: Sequence[ActiveJob], adapter: QueueAdapter, enqueued_count: int, **_: Any
) -> None:
    failed = len(jobs) - enqueued_count
    if not enqueued_count:
        logger.error("Failed enqueuing %s to %s", _jobs(failed), adapter.display_name)
        return
    counts = Counter(name_of(type(job)) for job in jobs if job.successfully_enqueued)
    classes = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    rest = f". Failed enqueuing {_jobs(failed)}" if failed else ""
    logger.info(
        "Enqueued %s to %s (%s)%s", _jobs(enqueued_count), adapter.display_name, classes, rest
    )


def _enqueue_failed(
    *, job: ActiveJob, adapter: QueueAdapter, error: BaseException, **_: Any
) -> None:
    line = f"Failed enqueuing {name_of(type(job))} to {_queue(job, adapter)}: {_error(error)}"
    _write(logging.ERROR, job, line)


def _enqueue_aborted(*, job: ActiveJob, adapter: QueueAdapter, **_: Any) -> None:
    _write(
        logging.INFO,
        job,
        f"Failed enqueuing {name_of(type(job))} to {_queue(job, adapter)}, "
        "a before_enqueue callback halted the enqueuing execution.",
    )


# Performing


def _performing(*, job: ActiveJob, adapter: QueueAdapter, **_: Any) -> None:
    if logger.isEnabledFor(logging.INFO):
        since = f" enqueued at {job.enqueued_at.isoformat()}" if job.enqueued_at else ""
        place = _queue(job, adapter)
        _write(logging.INFO, job, f"Performing {_job(job)} from {place}{since}{_arguments(job)}")


def _performed(
    *, job: ActiveJob, adapter: QueueAdapter, seconds: float, aborted: bool, **_: Any
) -> None:
    end = f"{_job(job)} from {_queue(job, adapter)} in {_milliseconds(seconds)}"
    if aborted:
        halted = "a before_perform callback halted the job execution"
        _write(logging.ERROR, job, f"Error performing {end}: {halted}")
    elif logger.isEnabledFor(logging.INFO):
        _write(logging.INFO, job, f"Performed {end}")


def _failed(
    *,
    job: ActiveJob | None,
    payload: Payload | None,
    adapter: QueueAdapter,
    error: BaseException,
    seconds: float,
    **_: Any,
) -> None:
    record = error_record(error)
    if job is not None:
        end = f"{_job(job)} from {_queue(job, adapter)} in {_milliseconds(seconds)}"
    else:
        end = f"{_job_in(payload)} from {adapter.display_name}"
    _write(
        logging.ERROR, job, f"Error performing {end}: {_error(error)}:\n{record.traceback.rstrip()}"
    )


def _retry_scheduled(
    *, job: ActiveJob, error: BaseException | None, wait: float | None, **_: Any
) -> None:
    reason = f", due to a {_error(error)}" if error is not None else ""
    line = (
        f"Retrying {_job(job)} after {job.executions} attempts in {_seconds(wait)} seconds{reason}."
    )
    _write(logging.INFO, job, line)


def _retries_exhausted(*, job: ActiveJob, error: BaseException, **_: Any) -> None:
    _write(
        logging.ERROR,
        job,
        f"Stopped retrying {_job(job)} due to a {_error(error)}, "
        f"which reoccurred on {job.executions} attempts.",
    )


def _discarded(*, job: ActiveJob, error: BaseException, **_: Any) -> None:
    _write(logging.ERROR, job, f"Discarded {_job(job)} due to a {_error(error)}.")


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


_RECEIVERS = (
    (signals.enqueued, _enqueued),
    (signals.enqueued_all, _enqueued_all),
    (signals.enqueue_failed, _enqueue_failed),
    (signals.enqueue_aborted, _enqueue_aborted),
    (signals.performing, _performing),
    (signals.performed, _performed),
    (signals.failed, _failed),
    (signals.retry_scheduled, _retry_scheduled),
    (signals.retries_exhausted, _retries_exhausted),
    (signals.discarded, _discarded),
    (signals.process_pruned, _process_pruned),
)


# Words


def _write(level: int, job: ActiveJob | None, line: str) -> None:
    logger.log(level, "%s%s", _tags(), line, extra=_facts(job))


def _tags() -> str:
    around = current_job()
    tags = f" [{name_of(type(around))}] [{around.job_id}]" if around is not None else ""
    return f"[ActiveJob]{tags} "


def _facts(job: ActiveJob | None) -> dict[str, Any]:
    if job is None:
        return {}
    return {"job_class": name_of(type(job)), "job_id": job.job_id, "queue": job.queue_name}


def _job(job: ActiveJob) -> str:
    return f"{name_of(type(job))} (Job ID: {job.job_id})"


def _job_in(payload: Payload | None) -> str:
    if not isinstance(payload, dict):
        return "a job that cannot be read"
    return f"{payload.get('job_class')} (Job ID: {payload.get('job_id')})"


def _queue(job: ActiveJob, adapter: QueueAdapter) -> str:
    return f"{adapter.display_name}({job.queue_name})"


def _arguments(job: ActiveJob) -> str:
    shown = conf.settings().log_arguments if job.log_arguments is None else job.log_arguments
    if not shown or not (job.arguments or job.keyword_arguments):
        return ""
    return f" with arguments: {inspect_arguments(job.arguments, job.keyword_arguments)}"


def _error(error: BaseException) -> str:
    return f"{type(error).__qualname__} ({error_record(error).message})"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.2f}ms"


def _seconds(wait: Any) -> int:
    return int(wait.total_seconds() if hasattr(wait, "total_seconds") else wait or 0)


def _jobs(number: int) -> str:
    return "1 job" if number == 1 else f"{number} jobs"
