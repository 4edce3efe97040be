"""What is going on around the code of a job."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django_activejob.contracts import Envelope, QueueAdapter

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

Stopping = Callable[["ActiveJob"], str | None]
Limiting = Callable[["ActiveJob", Callable[[], Any]], Any]

_current_job: ContextVar[ActiveJob | None] = ContextVar("current_job", default=None)


def current_job() -> ActiveJob | None:
    """The job whose code runs here; None outside of jobs."""
    return _current_job.get()


class performing:  # noqa: N801 - used like a function, and cheaper than a generator
    """Makes a job the current one, as a context manager."""

    __slots__ = ("_job", "_token")

    def __init__(self, job: ActiveJob) -> None:
        self._job = job

    def __enter__(self) -> None:
        self._token = _current_job.set(self._job)

    def __exit__(self, *error: object) -> None:
        _current_job.reset(self._token)


def stopping(job: ActiveJob) -> str | None:
    """Why a job had better stop at its next checkpoint; None while it may go on."""
    return _stop.predicate(job)


def set_stopping(predicate: Stopping) -> Stopping:
    """Replaces what ``stopping`` asks in this process, whatever the thread.

    The predicate is called at every checkpoint, so it has to be quick.

    Returns:
        What was asked before, so that it can be put back.
    """
    before, _stop.predicate = _stop.predicate, predicate
    return before


def limited(job: ActiveJob, action: Callable[[], Any]) -> Any:
    """Calls the code of a claimed job within its time limit, where this process keeps one.

    Raises:
        JobTimeout: the code had not ended in time, and has been left.
    """
    return _limit.limiting(job, action)


def set_limiting(limiting: Limiting) -> Limiting:
    """Replaces what ``limited`` asks in this process, whatever the thread.

    Returns:
        What was asked before, so that it can be put back.
    """
    before, _limit.limiting = _limit.limiting, limiting
    return before


@dataclass(slots=True, kw_only=True)
class ClaimedRun:
    """One execution on a claim.

    Owned by the thread that executes: ``retry`` is what shall take the claimed
    job's place, written by the first retry and settled together with the end.
    ``resumed_after`` is the interrupt or the error after which a continuation is resumed.
    """

    envelope: Envelope
    adapter: QueueAdapter
    retry: Envelope | None = None
    resumed_after: BaseException | None = None


def _never(job: ActiveJob) -> str | None:
    return None


@dataclass(slots=True)
class _Stop:
    predicate: Stopping = _never


_stop = _Stop()


def _without_limit(job: ActiveJob, action: Callable[[], Any]) -> Any:
    return action()


@dataclass(slots=True)
class _Limit:
    limiting: Limiting = _without_limit


_limit = _Limit()
