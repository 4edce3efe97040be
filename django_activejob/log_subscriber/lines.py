"""What all lines are made of: tags, facts and words."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django_activejob import conf
from django_activejob.contracts import Payload, QueueAdapter
from django_activejob.job.backtrace import caller
from django_activejob.job.base import ActiveJob
from django_activejob.job.context import current_job
from django_activejob.job.error_records import error_record
from django_activejob.job.masking import masked_arguments
from django_activejob.job.registry import name_of
from django_activejob.serialization import inspect_arguments

logger = logging.getLogger("django_activejob")


def write(
    line: str,
    event: str,
    *facts: dict[str, Any],
    level: int = logging.INFO,
    tags: str | None = None,
    **more: Any,
) -> None:
    """Writes a line, with its facts for machines, and the line of code it is of if wanted."""
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


def about(job: ActiveJob, adapter: QueueAdapter) -> dict[str, Any]:
    """The facts about a job."""
    return {
        "job_class": name_of(type(job)),
        "job_id": job.job_id,
        "queue": job.queue_name,
        "adapter": adapter.display_name,
    }


def about_payload(payload: Payload | None) -> dict[str, Any]:
    """The facts about a job of which only the payload is there."""
    if not isinstance(payload, dict):
        return {}
    return {"job_class": payload.get("job_class"), "job_id": payload.get("job_id")}


def about_error(error: BaseException | None) -> dict[str, Any]:
    """The facts about an error; none without one."""
    if error is None:
        return {}
    record = error_record(error)
    return {"exception_class": record.class_name, "exception_message": record.message}


def about_step(step: Any) -> dict[str, Any]:
    """The facts about a step."""
    return {"step": step.name, "cursor": step.cursor}


def duration(seconds: float) -> dict[str, Any]:
    """A duration as a fact, in milliseconds."""
    return {"duration": round(seconds * 1000, 2)}


def arguments_of(job: ActiveJob) -> dict[str, Any]:
    """The arguments as a fact, if they may be shown."""
    return {"arguments": _inspected(job)} if _shows_arguments(job) else {}


def with_arguments(job: ActiveJob) -> str:
    """The arguments as the end of a line, if there are any and they may be shown."""
    if not _shows_arguments(job) or not (job.arguments or job.keyword_arguments):
        return ""
    return f" with arguments: {_inspected(job)}"


def _shows_arguments(job: ActiveJob) -> bool:
    return conf.settings().log_arguments if job.log_arguments is None else job.log_arguments


def _inspected(job: ActiveJob) -> str:
    return inspect_arguments(*masked_arguments(job))


def job_of(job: ActiveJob) -> str:
    """A job, by class and id."""
    return f"{name_of(type(job))} (Job ID: {job.job_id})"


def job_in(payload: Payload | None) -> str:
    """A job of which only the payload is there."""
    if not isinstance(payload, dict):
        return "a job that cannot be read"
    return f"{payload.get('job_class')} (Job ID: {payload.get('job_id')})"


def queue_of(job: ActiveJob, adapter: QueueAdapter) -> str:
    """Where a job goes to or comes from."""
    return f"{adapter.display_name}({job.queue_name})"


def cursor_of(step: Any) -> str:
    """The cursor of a step."""
    return inspect_arguments([step.cursor], {})


def error_of(error: BaseException) -> str:
    """An error, by class and message."""
    return f"{type(error).__qualname__} ({error_record(error).message})"


def milliseconds(seconds: float) -> str:
    """A duration."""
    return f"{seconds * 1000:.2f}ms"


def moment_of(moment: datetime) -> str:
    """A moment."""
    return f"{moment:%Y-%m-%d %H:%M:%S %Z}"


def seconds_of(wait: Any) -> int:
    """A wait in whole seconds."""
    return int(wait.total_seconds() if hasattr(wait, "total_seconds") else wait or 0)


def jobs_of(number: int) -> str:
    """A number of jobs."""
    return "1 job" if number == 1 else f"{number} jobs"
