"""The time as jobs and pages see it.

What hosts compare with each other uses the store's own clock instead.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that only go forward; good for durations within this process."""
    return time.monotonic()
