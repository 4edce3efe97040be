"""An event loop in a thread of its own, for coroutines of other threads."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
import threading
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

from django_activejob import clock

from .left_tasks import new_task
from .threads import start_thread

logger = logging.getLogger(__name__)

BLOCKED_AFTER: Final = 1.0
"""Seconds of one task without a turn of the loop after which a line tells where it is."""

_LOOK: Final = 0.25  # seconds between two looks


@dataclass(slots=True, kw_only=True)
class _Held:
    """What has been at work at every look since; no task is a plain callback."""

    task: asyncio.Task[Any] | None
    since: float = field(default_factory=lambda: clock.monotonic())
    is_told: bool = False

    def seconds(self) -> float:
        """For how long."""
        return clock.monotonic() - self.since


class EventLoop:
    """One thread that runs a loop, and one that notices when the loop is blocked.

    ``_loop`` and ``_threads`` are written by ``start`` alone, ``_turned_at`` by the loop's
    thread alone. ``_closing`` guards the loop against calls from outside after its end.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._threads: tuple[threading.Thread, ...] = ()
        self._ended = threading.Event()
        self._closing = threading.Lock()
        self._turned_at = clock.monotonic()

    def start(self) -> None:
        """Starts both threads."""
        self._loop = loop = asyncio.new_event_loop()
        loop.set_task_factory(new_task)
        self._turned_at = clock.monotonic()
        running = start_thread("event-loop", lambda: self._run(loop))
        watching = start_thread("event-loop-watch", lambda: self._watch(loop, running))
        self._threads = (running, watching)

    def spawn(self, coroutine: Coroutine[Any, Any, Any], *, name: str) -> None:
        """Runs a coroutine in a context of its own. Any thread may call it.

        After ``end`` it is not run.
        """
        if not self._soon(lambda loop: self._create(loop, coroutine, name)):
            coroutine.close()

    def is_alive(self) -> bool:
        """Whether both threads, if they ought to run, still live."""
        return self._ended.is_set() or all(thread.is_alive() for thread in self._threads)

    def tasks(self) -> set[asyncio.Task[Any]]:
        """The tasks that have not ended. Any thread may ask."""
        return asyncio.all_tasks(self._loop) if self._loop is not None else set()

    def end(self) -> None:
        """Cancels what still runs, and ends both threads when that has come to its end."""
        self._soon(self._cancel_all)
        self._ended.set()

    def join(self, *, until: float) -> None:
        """Waits for the loop to end, to the given moment of the monotonic clock."""
        for thread in self._threads:
            thread.join(max(until - clock.monotonic(), 0))

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.run_forever()
        with self._closing:
            loop.close()

    def _soon(self, action: Callable[[asyncio.AbstractEventLoop], object]) -> bool:
        """Has something done by the loop's thread; False when the loop does not run any more."""
        with self._closing:
            loop = self._loop
            if loop is None or loop.is_closed() or self._ended.is_set():
                return False
            loop.call_soon_threadsafe(action, loop)
            return True

    def _create(
        self, loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any], name: str
    ) -> None:
        loop.create_task(coroutine, name=name, context=contextvars.Context())

    def _cancel_all(self, loop: asyncio.AbstractEventLoop) -> None:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        self._create(loop, self._stop_after(loop, tasks), "the end")

    async def _stop_after(
        self, loop: asyncio.AbstractEventLoop, tasks: set[asyncio.Task[Any]]
    ) -> None:
        if tasks:
            await asyncio.wait(tasks)
        loop.stop()

    # Watching

    def _watch(self, loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
        held: _Held | None = None
        while not self._ended.wait(_LOOK):
            held = self._look(loop, held)
            if held is not None and not held.is_told and held.seconds() > BLOCKED_AFTER:
                held.is_told = True
                _tell(loop, thread)
            self._soon(self._note_turn)

    def _look(self, loop: asyncio.AbstractEventLoop, held: _Held | None) -> _Held | None:
        """Who holds up the loop; None while it turns."""
        if clock.monotonic() - self._turned_at <= 2 * _LOOK:
            return None
        # A turn may be long because thousands of tasks have their steps in it; then they change.
        task = asyncio.current_task(loop)
        return held if held is not None and held.task is task else _Held(task=task)

    def _note_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        self._turned_at = clock.monotonic()


def _tell(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    task = asyncio.current_task(loop)
    frame = sys._current_frames().get(thread.ident or 0)
    logger.warning(
        "%s has held up the event loop for over %g s, and with it all other jobs of this "
        "process. Await what takes time, or call it with asyncio.to_thread(). It is at:\n%s",
        task.get_name() if task is not None else "Something",
        BLOCKED_AFTER,
        "".join(traceback.format_stack(frame)) if frame is not None else "(nowhere)",
    )
