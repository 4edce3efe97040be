"""Moments as text in payloads: UTC, ISO 8601, nine fractional digits, as Active Job writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def to_text(moment: datetime) -> str:
    """``2026-08-22T17:06:01.123456000Z``; the last three digits are beyond Python's precision."""
    return f"{moment.astimezone(UTC).isoformat(timespec='microseconds')[:26]}000Z"


def from_text(value: Any) -> datetime | None:
    """The moment in a text with any number of fractional digits; None for nothing.

    A JSON layer may have made a datetime of it already. Without an offset it is UTC.

    Raises:
        ValueError: the text is no moment.
    """
    if not value:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
