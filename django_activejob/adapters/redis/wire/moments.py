"""Moments as Sidekiq writes them: seconds with a fraction up to version 7, milliseconds in 8."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django_activejob.adapters.redis.wire.dialect import Dialect

# The year 5138 as seconds, and 1973 as milliseconds: nothing that is enqueued lies beyond both.
_MILLISECONDS_FROM: Final = 10**11


def written(seconds: float, dialect: Dialect) -> float | int:
    """Epoch seconds in the form of the dialect.

    Seconds always have a decimal point: Sidekiq 8 takes a whole number for milliseconds.
    """
    return round(seconds * 1000) if dialect.times == "8" else float(seconds)


def seconds_in(value: Any) -> float | None:
    """The epoch seconds in a field of any version; None when it holds no moment.

    One job may have both forms: each field was written by whoever touched it last.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value / 1000 if isinstance(value, int) and value > _MILLISECONDS_FROM else float(value)


def moment_in(value: Any) -> datetime | None:
    """The moment in a field of any version, in UTC; None when it holds none."""
    seconds = seconds_in(value)
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
