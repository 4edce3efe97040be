"""When throttled jobs of this process may start."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from django_activejob import clock
from django_activejob.contracts import Throttle


@dataclass(slots=True)
class _Period:
    """The last period in which a place was given away."""

    begins: datetime
    taken: int = 0


class Rates:
    """Gives each job its place in a period, in the order in which they come.

    State: ``_periods``, by key, guarded by ``_lock``.
    """

    def __init__(self) -> None:
        self._periods: dict[str, _Period] = {}
        self._lock = threading.Lock()

    def moment_for(self, throttle: Throttle) -> datetime:
        """Takes a place; gives the moment from which its job may start."""
        present, length = clock.now(), timedelta(seconds=throttle.per)
        with self._lock:
            period = self._periods.setdefault(throttle.key, _Period(present))
            if present >= period.begins + length:
                period.begins, period.taken = present, 0
            elif period.taken >= throttle.to:
                period.begins, period.taken = period.begins + length, 0
            period.taken += 1
            return period.begins
