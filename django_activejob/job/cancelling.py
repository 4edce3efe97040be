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
