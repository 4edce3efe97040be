"""A job as one line of a list."""

from __future__ import annotations

from dataclasses import dataclass

from django_activejob import clock
from django_activejob.contracts import ErrorRecord, JobRecord
from django_activejob.dashboard import arguments, permissions
from django_activejob.dashboard.statuses import WORDS, moment_of
from django_activejob.dashboard.text import number, shortened, visible
from django_activejob.dashboard.times import Moment, moment
from django_activejob.dashboard.visit import Visit
from django_activejob.job import masking, registry

LONGEST_ARGUMENTS = 160
LONGEST_MESSAGE = 160
LATE_AFTER = 60.0  # seconds, as in Mission Control


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """What a list says about a job; ``arguments`` is None for those who may not see them."""

    id: str
    uri: str
    job_class: str
    queue: str
    queue_uri: str
    priority: str
    status: str
    status_label: str
    moment: Moment | None
    executions: int
    arguments: str | None
    error_class: str
    error_message: str
    is_known: bool
    is_readable: bool
    is_late: bool
    is_cancelled: bool
    limit_key: str

    @classmethod
    def of(cls, visit: Visit, record: JobRecord) -> JobRow:
        """The line for a job; shows only what this person may see."""
        error = record.error or ErrorRecord(class_name="", message="")
        may_see = visit.may(permissions.VIEW_ARGUMENTS)
        return cls(
            id=record.id,
            uri=visit.uri("job_change", record.id),
            job_class=visible(record.job_class),
            queue=visible(record.queue),
            queue_uri=visit.uri("job_changelist", parameters={"queue": record.queue}),
            priority=number(record.priority),
            status=record.status,
            status_label=str(WORDS[record.status].label),
            moment=moment(moment_of(record)),
            executions=record.executions,
            arguments=arguments.summary(record, LONGEST_ARGUMENTS) if may_see else None,
            error_class=visible(error.class_name),
            error_message=_message(record, error),
            is_known=registry.is_known(record.job_class),
            is_late=_is_late(record),
            is_cancelled=record.cancel_asked_at is not None,
            limit_key=visible(record.limit_key or ""),
            is_readable=record.payload is not None or arguments.is_large_for_a_list(record),
        )


def _message(record: JobRecord, error: ErrorRecord) -> str:
    """What a list shows of an error: its beginning, without what is masked in the arguments."""
    head = error.message[: 10 * LONGEST_MESSAGE]
    return shortened(masking.without(arguments.secrets(record), head), LONGEST_MESSAGE)


def _is_late(record: JobRecord) -> bool:
    """Whether a job that was given a time still waits well after it."""
    waits = record.status in ("scheduled", "retrying", "ready")
    if not waits or record.scheduled_at is None:
        return False
    return (clock.now() - record.scheduled_at).total_seconds() > LATE_AFTER
