"""How many more jobs than it has threads a worker may claim."""

from __future__ import annotations

from collections import deque
from math import fsum
from typing import Final

_LAST: Final = 100  # jobs that are looked back on
_SHORT: Final = 0.001  # seconds; only while jobs are shorter does claiming them cost more
_AHEAD: Final = 0.010  # seconds of work that may wait in this process
_MOST: Final = 100

LONGEST_WAIT: Final = 0.050
"""Seconds after which what has been claimed and not begun goes back to its queue."""


class Allowance:
    """Lets a worker claim ahead while its jobs are so short that claiming takes most of the time.

    A worker that dies strands what it holds, so it holds no more than it can run at once,
    unless that is a matter of milliseconds. ``note`` is called by many threads; each call
    is a few steps that do no harm when they mix.
    """

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=_LAST)
        self.surplus = 0
        self._until_next_look = _LAST

    def note(self, seconds: float) -> None:
        """Notes how long a job took."""
        self._seconds.append(seconds)
        if seconds >= _SHORT * _LAST:
            # One such job spoils the average, whatever the others were.
            self.surplus = 0
        self._until_next_look -= 1
        if self._until_next_look <= 0:
            self._until_next_look = _LAST // 4
            self.surplus = self._worked_out()

    def _worked_out(self) -> int:
        seconds = list(self._seconds)
        average = fsum(seconds) / len(seconds)
        if len(seconds) < _LAST or average >= _SHORT:
            return 0
        return min(_MOST, int(_AHEAD / max(average, _AHEAD / _MOST)))
