"""What is going on around the code of a job."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

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


class Cancelling(Protocol):
    """What knows, in this process, which jobs an operator has cancelled."""

    def is_cancelled(self, job: ActiveJob) -> bool:
        """Whether a job is to end; called often, so it has to be quick. Any thread may ask."""

    def awaiting(self, job: ActiveJob) -> AbstractContextManager[None]:
        """Surrounds the awaiting of a claimed job's coroutine, and cancels the task if need be.

        Raises:
            JobCancelled: that has happened.
        """


def is_cancelled(job: ActiveJob) -> bool:
    """Whether an operator has cancelled a job."""
    return _cancel.cancelling.is_cancelled(job)


def awaiting(job: ActiveJob) -> AbstractContextManager[None]:
    """Surrounds the awaiting of a claimed job's coroutine; see ``Cancelling``."""
    return _cancel.cancelling.awaiting(job)


def set_cancelling(cancelling: Cancelling) -> Cancelling:
    """Replaces what ``is_cancelled`` and ``awaiting`` ask in this process, whatever the thread.

    Returns:
        What was asked before, so that it can be put back.
    """
    before, _cancel.cancelling = _cancel.cancelling, cancelling
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


class _NobodyCancels:
    """Outside of workers."""

    def is_cancelled(self, job: ActiveJob) -> bool:
        return False

    def awaiting(self, job: ActiveJob) -> AbstractContextManager[None]:
        return nullcontext()


@dataclass(slots=True)
class _Cancel:
    cancelling: Cancelling = field(default_factory=_NobodyCancels)


_cancel = _Cancel()
