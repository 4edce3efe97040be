"""How many jobs a worker may claim ahead, and how many of its threads are of use."""

from __future__ import annotations

import sys
from collections import deque
from math import fsum
from typing import Final

_LAST: Final = 100  # jobs that are looked back on, at most
_FIRST: Final = 25  # jobs that have to be known
_SHORT: Final = 0.001  # seconds; only while jobs are shorter does claiming them cost more
_AHEAD: Final = 0.020  # seconds of work that may wait in this process
_MOST: Final = 200
_A_THREAD_EACH: Final = 0.0002  # seconds that a job takes for which one more thread is of use

LONGEST_WAIT: Final = 0.050
"""Seconds after which what has been claimed and not begun goes back to its queue."""


class Allowance:
    """Lets a worker claim ahead while its jobs are so short that claiming takes most of the time.

    A worker that dies strands what it holds, so it holds no more than it can run at once,
    unless that is a matter of milliseconds. The shorter jobs are, the more of their time is
    Python's own, which threads only take from each other: then few of them are of use.
    ``note`` is called by many threads; each call is a few steps that do no harm when they mix.
    """

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=_LAST)
        self.surplus = 0
        self.useful_threads = sys.maxsize
        self._until_next_look = _FIRST

    def note(self, seconds: float) -> None:
        """Notes how long a job took."""
        self._seconds.append(seconds)
        if seconds >= _SHORT * _LAST:
            # One such job spoils the average, whatever the others were.
            self._be_careful()
        self._until_next_look -= 1
        if self._until_next_look <= 0:
            self._until_next_look = _FIRST
            self._look_back()

    def _look_back(self) -> None:
        seconds = list(self._seconds)
        average = fsum(seconds) / len(seconds)
        if average >= _SHORT:
            self._be_careful()
            return
        self.surplus = min(_MOST, int(_AHEAD / max(average, _AHEAD / _MOST)))
        self.useful_threads = 1 + int(average / _A_THREAD_EACH)

    def _be_careful(self) -> None:
        self.surplus = 0
        self.useful_threads = sys.maxsize
