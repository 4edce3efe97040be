"""One coroutine job on its way: through a thread, the event loop, and a thread again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any

from asgiref.sync import SyncToAsync, ThreadSensitiveContext, sync_to_async

from django_activejob.contracts import Claim, Envelope, Execution, QueueAdapter, Settlement
from django_activejob.job.parted_execution import PartedExecution

from . import boundary, left_tasks
from .executor import label_of, whatever_happens
from .time_limits import TimeLimits


class CoroutineRun:
    """One claim whose job is a coroutine.

    ``run`` is for the event loop, in a context of its own; what may block it does in threads.
    These steps follow one another, so that no lock is needed.

    Args:
        threads: for what comes before and after the coroutine.
    """

    def __init__(
        self,
        claim: Claim,
        envelope: Envelope,
        *,
        adapter: QueueAdapter,
        threads: Executor,
        time_limits: TimeLimits,
    ) -> None:
        self.claim = claim
        self.name = label_of(claim)
        self._execution = PartedExecution(envelope, adapter=adapter)
        self._threads = threads
        self._time_limits = time_limits
        self._coroutine: Coroutine[Any, Any, Any] | None = None
        self._value: Any = None
        self._error: BaseException | None = None

    async def run(
        self,
        *,
        begin: Callable[[], bool],
        end: Callable[[Settlement], None],
        is_over: Callable[[], bool],
    ) -> None:
        """Performs the job.

        Args:
            begin: notes that it begins; False when it is not to begin any more.
            end: is given its settlement.
            is_over: whether the process ends: a job that is cut off then has no settlement of
                its own, nor are its handlers asked; it goes back to its queue.
        """
        try:
            if not await self._in_thread(lambda: self._open(begin)):
                return
            if self._coroutine is not None:
                await self._await(self._coroutine)
        finally:
            if self._coroutine is not None:
                self._coroutine.close()
        if not is_over():
            await self._in_thread(lambda: end(self._closed()))

    async def _in_thread(self, action: Callable[[], Any]) -> Any:
        # It brings the context variables there and back.
        call = sync_to_async(action, thread_sensitive=False, executor=self._threads)  # type: ignore[call-overload]  # any Executor will do
        return await call()

    def _open(self, begin: Callable[[], bool]) -> bool:
        if not begin():
            return False
        self._coroutine = self._execution.begin()
        boundary.clean_after(self.claim)
        return True

    async def _await(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        # As in a request under ASGI: synchronous code that the job calls has one thread, and
        # so one connection to each database, which no other job shares.
        async with ThreadSensitiveContext() as own_thread:
            left_tasks.remember()
            try:
                with self._time_limits.watched(
                    self._execution.job, token=self.claim.token, thread=threading.get_ident()
                ):
                    self._value = await coroutine
            except BaseException as error:  # noqa: BLE001 - all of them are ends of the job
                self._error = error
            await left_tasks.cancel_left(self.name)
            if own_thread in SyncToAsync.context_to_thread_executor:
                await sync_to_async(boundary.clean_for_good)(self.claim)

    def _closed(self) -> Settlement:
        return whatever_happens(self.claim, self._ended)

    def _ended(self) -> Execution:
        try:
            return self._execution.end(value=self._value, error=self._error)
        finally:
            boundary.clean_after(self.claim)
