"""Which running jobs an operator has cancelled."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django_activejob.contracts import Claim, Envelope
from django_activejob.job.base import ActiveJob
from django_activejob.job.cancelling import cancelled

Cancel = Callable[[], object]


class Cancellations:
    """What an operator wants of the jobs of one worker.

    No exception is set in a thread: code that is no coroutine asks by itself, at places where
    it may end. Jobs are known by the envelopes of their claims, which are theirs alone.
    ``_asked``, by token, and ``_tasks``, by the id of an envelope, are guarded by ``_lock``.
    """

    def __init__(self) -> None:
        self._asked: dict[str, Claim] = {}
        self._tasks: dict[int, Cancel] = {}
        self._lock = threading.Lock()

    def ask(self, claim: Claim) -> None:
        """Wants the job of a claim to end; its coroutine is cancelled, once. Any thread may ask."""
        with self._lock:
            if claim.token in self._asked:
                return
            self._asked[claim.token] = claim
            # Under the lock, for after the task has taken itself out its loop may be closed.
            if claim.envelope is not None and (cancel := self._tasks.get(id(claim.envelope))):
                cancel()

    def forget(self, token: str) -> None:
        """The claim has come to its end."""
        # No lock for the many that nobody has cancelled: one step of the interpreter.
        self._asked.pop(token, None)

    def is_asked(self, token: str) -> bool:
        """Whether the job of a claim is to end."""
        return token in self._asked

    def is_cancelled(self, job: ActiveJob) -> bool:
        """Whether a job is to end. Any thread may ask."""
        if not self._asked or job._run is None:
            return False
        return self._wants_to_end(job._run.envelope)

    @contextmanager
    def awaiting(self, job: ActiveJob) -> Iterator[None]:
        """Surrounds the awaiting of a job's coroutine, in the task that does it.

        Raises:
            JobCancelled: the job was cancelled, and its task with it.
        """
        task = asyncio.current_task()
        if job._run is None or task is None:
            yield
            return
        envelope, awaited = job._run.envelope, _Awaited(task)
        with self._lock:
            if self._wants_to_end(envelope):
                raise cancelled(job)
            self._tasks[id(envelope)] = awaited.cancel_soon
        try:
            yield
        except asyncio.CancelledError as error:
            # The end of the process cancels tasks too; those jobs go back to their queues.
            if not awaited.was_cancelled:
                raise
            task.uncancel()
            raise cancelled(job) from error
        finally:
            awaited.is_over = True
            with self._lock:
                del self._tasks[id(envelope)]

    def _wants_to_end(self, envelope: Envelope) -> bool:
        return any(claim.envelope is envelope for claim in self._asked.copy().values())


class _Awaited:
    """A task while it awaits the coroutine of a job; its state is that of its loop's thread."""

    def __init__(self, task: asyncio.Task[object]) -> None:
        self.is_over = False
        self.was_cancelled = False
        self._task = task
        self._loop = task.get_loop()

    def cancel_soon(self) -> None:
        """Has its loop cancel the task. Any thread may call it while the loop runs."""
        self._loop.call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        # Past the coroutine, the same task records how it has ended.
        if not self.is_over:
            self.was_cancelled = True
            self._task.cancel()
