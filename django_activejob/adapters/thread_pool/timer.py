"""Work for later."""

from __future__ import annotations

import heapq
import itertools
import threading
from datetime import datetime
from typing import Final

from django_activejob import clock

from .work import Work, do, start_thread

_LONGEST_REST: Final = 10.0  # seconds after which a clock that was set, or slept, is noticed


class Timer:
    """One thread that does things at their time; there is none while nothing waits.

    The state is guarded by ``_changed``.
    """

    def __init__(self) -> None:
        self._line: list[tuple[datetime, int, Work]] = []  # a heap
        self._numbers = itertools.count()  # of two at one moment, the first comes first
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()

    def call_at(self, moment: datetime, work: Work) -> None:
        """Has work done once the clock of jobs has come to an aware moment."""
        with self._changed:
            if self._thread is None:
                self._thread = start_thread(self._run)
            heapq.heappush(self._line, (moment, next(self._numbers), work))
            self._changed.notify()

    def waiting(self) -> int:
        """How much there is to do."""
        with self._changed:
            return len(self._line)

    def clear(self) -> int:
        """Drops all of it; gives the number."""
        with self._changed:
            lost = len(self._line)
            self._line.clear()
            self._changed.notify()
            return lost

    def _run(self) -> None:
        while (work := self._next()) is not None:
            do(work)

    def _next(self) -> Work | None:
        with self._changed:
            while self._line:
                seconds = (self._line[0][0] - clock.now()).total_seconds()
                if seconds <= 0:
                    return heapq.heappop(self._line)[2]
                self._changed.wait(min(seconds, _LONGEST_REST))
            self._thread = None
            return None
