"""Opaque places in a list: the sort key and the id of the last job that was shown."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import TypeGuard

GREATEST = 2**63 - 1


def written(key: datetime | int, id: int) -> str:
    """A place as text that is safe in a URL."""
    told = key.isoformat() if isinstance(key, datetime) else key
    return base64.urlsafe_b64encode(json.dumps([told, id]).encode()).decode().rstrip("=")


def read(cursor: str) -> tuple[datetime | int, int] | None:
    """The place that a text stands for; None for a text that is none of ours."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        told, id = json.loads(base64.urlsafe_b64decode(padded.encode()))
        key = datetime.fromisoformat(told).astimezone(UTC) if isinstance(told, str) else told
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    if not _is_number(id) or not (isinstance(key, datetime) or _is_number(key)):
        return None
    return key, id


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and -GREATEST <= value <= GREATEST
