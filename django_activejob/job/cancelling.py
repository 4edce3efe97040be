"""Jobs that an operator has cancelled while they ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_activejob.errors import JobCancelled
from django_activejob.job import registry

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob


def cancelled(job: ActiveJob) -> JobCancelled:
    """The error with which a cancelled job ends."""
    return JobCancelled(f"{registry.name_of(type(job))} ({job.job_id}): cancelled by an operator.")


def cancellation_in(error: BaseException) -> JobCancelled | None:
    """The cancellation that an error is, or that a group of errors is made of alone.

    A task of an ``asyncio.TaskGroup`` that comes to a checkpoint has the group raise one.
    """
    if isinstance(error, JobCancelled):
        return error
    if not isinstance(error, BaseExceptionGroup):
        return None
    found = [cancellation_in(each) for each in error.exceptions]
    return found[0] if all(found) else None
