"""The execution of a coroutine job in three parts, so that many can wait on one event loop."""

from __future__ import annotations

import inspect
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from django_activejob.contracts import Envelope, Execution, QueueAdapter
from django_activejob.job import callbacks, context, registry
from django_activejob.job.dealing import Ending
from django_activejob.job.execution import Running, Timed, awaited, execution_of, unpacked

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob


def can_be_parted(envelope: Envelope) -> bool:
    """Whether a job is a coroutine, and nothing of it has to begin and end in one thread."""
    name = envelope.payload["job_class"]
    if not registry.is_known(name):
        return False
    job_class = registry.find(name)
    is_coroutine = inspect.iscoroutinefunction(job_class.perform)
    return is_coroutine and not callbacks.has_around(job_class, "perform")


class PartedExecution:
    """One execution: what comes before ``perform``, the coroutine, and what comes after.

    ``begin`` and ``end`` may block, and are for threads; the coroutine between them is for an
    event loop. Current job, locale and time zone are set in the context variables of where
    ``begin`` is called: they have to be brought from part to part, and be forgotten after the
    last one. Nothing that the job raises is raised.
    """

    def __init__(self, envelope: Envelope, *, adapter: QueueAdapter) -> None:
        self._claimed = context.ClaimedRun(envelope=envelope, adapter=adapter)
        self._timed = Timed()
        self._running: Running | None = None
        self._ending: Ending | None = None
        self.job: ActiveJob | None = None

    def begin(self) -> Coroutine[Any, Any, Any] | None:
        """Does what comes before; gives what is to be awaited, within its time limit.

        Returns:
            None when there is nothing to await: the job cannot be read, was aborted, or failed.
        """
        job = unpacked(self._claimed)
        if isinstance(job, Ending):
            self._ending = job
            return None
        self.job = job
        # Never left: the context ends with the job.
        self._running = running = Running(job)
        running.enter()
        try:
            running.prepare()
            aborted = callbacks.run_before(job, "perform")
            if aborted is None:
                return awaited(job.perform(*job.arguments, **job.keyword_arguments), job)
            self._ending = running.ended(aborted)
        except BaseException as error:  # noqa: BLE001 - as in execution.run
            self._ending = running.failed(error)
        return None

    def end(self, *, value: Any = None, error: BaseException | None = None) -> Execution:
        """Does what comes after the coroutine, which gave a value or raised an error.

        Raises:
            RuntimeError: ``begin`` has not been called.
        """
        if self._ending is None and self._running is not None:
            self._ending = self._ended(self._running, value, error)
        if self._ending is None:
            raise RuntimeError("An execution ends after it has begun.")
        return execution_of(self._ending, self._claimed, self._timed)

    def _ended(self, running: Running, value: Any, error: BaseException | None) -> Ending:
        try:
            if error is not None:
                raise error
            if self.job is not None:
                callbacks.run_after(self.job, "perform")
        except BaseException as raised:  # noqa: BLE001 - as in execution.run
            return running.failed(raised)
        return running.ended(callbacks.Ending(value=value))
