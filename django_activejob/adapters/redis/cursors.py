"""Opaque places in a walk: a status, the name of a key there, and a number under it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Final, get_args

from django_activejob.adapters.redis.places import Found
from django_activejob.contracts import Status

_STATUSES: Final = frozenset(get_args(Status)) - {"finished"}
_GREATEST: Final = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a walk goes on."""

    status: Status
    name: str
    number: int


def behind(found: Found) -> Cursor:
    """The place behind an entry."""
    return Cursor(status=found.place.status, name=found.place.name, number=found.number + 1)


def written(cursor: Cursor) -> str:
    """A cursor as text that is safe in a URL."""
    told = json.dumps([cursor.status, cursor.name, cursor.number])
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def read(text: str) -> Cursor | None:
    """The cursor that a text stands for; None for a text that is none of ours."""
    try:
        padded = text + "=" * (-len(text) % 4)
        status, name, number = json.loads(base64.urlsafe_b64decode(padded.encode()))
    except (ValueError, TypeError, RecursionError):
        return None
    is_whole = isinstance(number, int) and 0 <= number <= _GREATEST
    if status not in _STATUSES or not isinstance(name, str) or not is_whole:
        return None
    return Cursor(status=status, name=name, number=number)
