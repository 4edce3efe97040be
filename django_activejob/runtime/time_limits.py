"""Ends jobs that take longer than the ``timeout`` of their classes."""

from __future__ import annotations

import ctypes
import inspect
import logging
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from django_activejob import clock
from django_activejob.job.base import ActiveJob
from django_activejob.job.execution import timed_out

from .threads import start_thread

logger = logging.getLogger(__name__)

GRACE: Final = 5.0
"""Seconds after its time limit in which a job has to react, or its process ends with it."""

# The function itself: a call of it from Python has no moment at which an exception of
# another thread could come in between.
_set_exception = ctypes.pythonapi.PyThreadState_SetAsyncExc
_set_exception.argtypes = (ctypes.c_ulong, ctypes.py_object)
_set_exception.restype = ctypes.c_int
_NOTHING: Final = ctypes.py_object()

_token: ContextVar[str] = ContextVar("token", default="")


def serve(token: str) -> None:
    """Says for which claim the calling thread works from now on."""
    _token.set(token)


class TimeLimits:
    """One thread that watches over all jobs of a worker which have a time limit.

    Code that waits in C, as ``time.sleep`` does, is not reached by an exception from
    outside; nor is an event loop that is blocked. Such a job is *overdue* a little later,
    and the process has to end with it. ``_limits`` and ``_ended`` are guarded by ``_changed``.

    Args:
        when_overdue: told, by the watching thread, the token of a claim.
    """

    def __init__(self, *, when_overdue: Callable[[str], None]) -> None:
        self._when_overdue = when_overdue
        self._limits: set[Limit] = set()
        self._ended = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts the thread."""
        self._thread = start_thread("time-limits", self._run)

    def is_alive(self) -> bool:
        """Whether the thread, if it ought to run, still lives."""
        return self._thread is None or self._ended or self._thread.is_alive()

    def end(self) -> None:
        """Ends the thread; limits are not kept any more."""
        with self._changed:
            self._ended = True
            self._changed.notify()

    def join(self, *, until: float) -> None:
        """Waits for the thread to end, to the given moment of the monotonic clock."""
        if self._thread is not None:
            self._thread.join(max(until - clock.monotonic(), 0))

    def limited(self, job: ActiveJob, action: Callable[[], Any]) -> Any:
        """Calls a job's own code, and leaves it when its time is up.

        Raises:
            JobTimeout: that has happened; its traceback leads to where the job was.
        """
        limit = Limit(job, token=_token.get())
        self._watch(limit)
        try:
            return limit.call(action)
        finally:
            self._forget(limit)

    @contextmanager
    def watched(self, job: ActiveJob | None, *, token: str, thread: int) -> Iterator[None]:
        """Watches over a coroutine that its event loop cancels, for the loop may be blocked.

        Args:
            thread: that of the loop.
        """
        if job is None or job.timeout is None:
            yield
            return
        limit = Limit(job, token=token, thread=thread)
        limit.is_inside = True
        self._watch(limit)
        try:
            yield
        finally:
            limit.is_inside = False
            self._forget(limit)

    def _watch(self, limit: Limit) -> None:
        with self._changed:
            self._limits.add(limit)
            self._changed.notify()

    def _forget(self, limit: Limit) -> None:
        with self._changed:
            self._limits.discard(limit)

    def _run(self) -> None:
        while due := self._next():
            for limit in due:
                self._enforce(limit)

    def _next(self) -> list[Limit]:
        """Waits until limits are due; empty only at the end."""
        while True:
            with self._changed:
                if self._ended:
                    return []
                now = clock.monotonic()
                due = [limit for limit in self._limits if limit.due_at <= now]
                if due:
                    return due
                self._changed.wait(self._pause(now))

    def _pause(self, now: float) -> float | None:
        return min((limit.due_at - now for limit in self._limits), default=None)

    def _enforce(self, limit: Limit) -> None:
        if not limit.has_fired:
            limit.fire()
            return
        self._forget(limit)
        if limit.is_inside:
            limit.tell_where_it_is()
            self._when_overdue(limit.token)


class Limit:
    """The time limit of one execution.

    ``is_inside`` and ``has_fired`` are guarded by ``_lock``: the exception is set only while
    the job's thread is inside the job's code, once, and taken back if it comes out before.

    Args:
        thread: where the job runs; None is the calling one.
    """

    def __init__(self, job: ActiveJob, *, token: str, thread: int | None = None) -> None:
        self.token = token
        self.due_at = clock.monotonic() + (job.timeout or 0.0)
        self.is_inside = False
        self.has_fired = False
        self._job = job
        # A coroutine is cancelled by its own loop.
        self._leaves_it_to_the_loop = inspect.iscoroutinefunction(job.perform)
        self._thread = thread or threading.get_ident()
        self._lock = threading.Lock()

    def call(self, action: Callable[[], Any]) -> Any:
        """Calls the job's code in the thread that has made this limit."""
        self.is_inside = True
        try:
            try:
                return action()
            finally:
                self._come_out()
        except _TimeIsUp as error:
            # It has arrived, so none is pending, however far coming out had got.
            self.is_inside = False
            raise timed_out(self._job).with_traceback(error.__traceback__) from None

    def fire(self) -> None:
        """Sets the exception in the job's thread; called by the watching thread."""
        with self._lock:
            self.has_fired = True
            self.due_at += GRACE
            if self.is_inside and not self._leaves_it_to_the_loop:
                _set_exception(self._thread, _TimeIsUp)

    def tell_where_it_is(self) -> None:
        """Logs the stack of the job's thread."""
        frame = sys._current_frames().get(self._thread)
        logger.error(
            "%s It has not reacted for %g s, so its process has to end. It is at:\n%s",
            timed_out(self._job),
            GRACE,
            "".join(traceback.format_stack(frame)) if frame is not None else "(nowhere)",
        )

    def _come_out(self) -> None:
        with self._lock:
            self.is_inside = False
            if self.has_fired:
                _set_exception(self._thread, _NOTHING)


class _TimeIsUp(BaseException):
    """Set in a job's thread; not an Exception, so that no ``except Exception`` eats it."""
