"""Threads for work that comes now and then."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, Final

from typing_extensions import override

from django_activejob import clock

from . import boundary
from .threads import start_thread

_LONG_REST: Final = 60.0  # seconds after which an idle thread ends
_SHORT_REST: Final = 1.0  # seconds after which connections are tried before they are used

Work = Callable[[], None]


class Crew(Executor):
    """Threads that are started when there is work for them, and end after a long rest.

    A thread that ends closes its database connections. ``_line``, ``_idle``, ``_size`` and
    ``_ended`` are guarded by ``_changed``.

    Args:
        most: of threads.
    """

    def __init__(self, name: str, *, most: int) -> None:
        self._name = name
        self._most = most
        self._line: deque[Work] = deque()
        self._idle = 0
        self._size = 0
        self._has_died = False
        self._ended = False
        self._changed = threading.Condition()

    @property
    def size(self) -> int:
        """How many threads there are now."""
        return self._size

    def do(self, work: Work) -> None:
        """Has work done by the next free thread; it must not raise."""
        with self._changed:
            self._line.append(work)
            if self._idle < len(self._line) and self._size < self._most:
                self._size += 1
                start_thread(f"{self._name}-{self._size}", self._run)
            self._changed.notify()

    @override
    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Has work done that may raise, and gives its future, for an event loop."""
        future: Future[Any] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - it is for who waits for the future
                future.set_exception(error)

        self.do(work)
        return future

    def is_alive(self) -> bool:
        """Whether no thread has died of an error."""
        return not self._has_died

    def end(self) -> None:
        """Lets threads end after what they are at, and what waits in line; does not wait."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def join(self, *, until: float) -> None:
        """Waits for the threads to end, to the given moment of the monotonic clock."""
        with self._changed:
            self._changed.wait_for(
                lambda: not self._size, timeout=max(until - clock.monotonic(), 0)
            )

    def _run(self) -> None:
        try:
            self._work()
        except BaseException:
            self._has_died = True
            raise

    def _work(self) -> None:
        rested_since = clock.monotonic()
        while (work := self._next()) is not None:
            if clock.monotonic() - rested_since > _SHORT_REST:
                boundary.check_after_rest()
            work()
            rested_since = clock.monotonic()

    def _next(self) -> Work | None:
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._line or self._ended, timeout=_LONG_REST)
            self._idle -= 1
            if self._line:
                return self._line.popleft()
            self._size -= 1
            self._changed.notify_all()
            return None
