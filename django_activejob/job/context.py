"""What is going on around the code of a job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_activejob.contracts import Envelope, QueueAdapter

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

_current_job: ContextVar[ActiveJob | None] = ContextVar("current_job", default=None)


def current_job() -> ActiveJob | None:
    """The job whose code runs here; None outside of jobs."""
    return _current_job.get()


@contextmanager
def performing(job: ActiveJob) -> Iterator[None]:
    """Makes ``job`` the current one."""
    token = _current_job.set(job)
    try:
        yield
    finally:
        _current_job.reset(token)


@dataclass(slots=True, kw_only=True)
class ClaimedRun:
    """One execution on a claim.

    Owned by the thread that executes: ``retry`` is what shall take the claimed
    job's place, written by the first retry and settled together with the end.
    """

    envelope: Envelope
    adapter: QueueAdapter
    retry: Envelope | None = None
