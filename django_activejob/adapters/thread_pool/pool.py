"""Threads that come with work and go without."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from .work import Work, do, start_thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many threads a pool has at least and at most; ``idle_time`` in seconds."""

    least: int
    most: int
    idle_time: float


class Pool:
    """Threads that take work from one line.

    One is started when work finds none idle, up to a number; one that has been idle for
    long ends. The state is guarded by ``_changed``.
    """

    def __init__(self, size: Size) -> None:
        self._size = size
        self._waiting: deque[Work] = deque()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._running = 0
        self._ended = False
        self._changed = threading.Condition()

    def submit(self, work: Work) -> bool:
        """Puts work at the end of the line; False when the pool takes none any more."""
        with self._changed:
            if self._ended:
                return False
            if self._idle <= len(self._waiting) and len(self._threads) < self._size.most:
                self._threads.append(start_thread(self._run))
            self._waiting.append(work)
            self._changed.notify()
            return True

    def end(self) -> None:
        """Takes no more work; the threads end when the line is empty."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def clear(self) -> int:
        """Ends with the line emptied; gives the number of those that were in it."""
        with self._changed:
            lost = len(self._waiting)
            self._waiting.clear()
            self.end()
            return lost

    def join(self) -> None:
        """Waits until the threads have ended; one of them does not wait for itself."""
        with self._changed:
            threads = set(self._threads) - {threading.current_thread()}
        for thread in threads:
            thread.join()

    def waiting(self) -> int:
        """How many have not begun."""
        with self._changed:
            return len(self._waiting)

    def running(self) -> int:
        """How many have begun and not ended."""
        with self._changed:
            return self._running

    def _run(self) -> None:
        while (work := self._next()) is not None:
            do(work)
            self._leave()

    def _next(self) -> Work | None:
        with self._changed:
            self._rest()
            if not self._waiting:
                self._threads.remove(threading.current_thread())
                return None
            self._running += 1
            return self._waiting.popleft()

    def _rest(self) -> None:
        self._idle += 1
        while not self._changed.wait_for(self._has_news, timeout=self._size.idle_time):
            if len(self._threads) > self._size.least:
                break
        self._idle -= 1

    def _has_news(self) -> bool:
        return bool(self._waiting) or self._ended

    def _leave(self) -> None:
        with self._changed:
            self._running -= 1
