"""A host whose clock is wrong, by as much as a file says at the moment."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from django_activejob import clock


def skew(path: Path) -> None:
    """Has this process see the time wrong; the monotonic clock of a host never jumps."""

    class Skewed(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) + timedelta(seconds=float(path.read_text()))

    clock.datetime = Skewed
