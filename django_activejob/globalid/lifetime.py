"""How long signed global ids are good."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Final, Literal

from django_activejob import clock, conf


class _Unsaid(Enum):
    BY_DEFAULT = "by default"


ByDefault = Literal[_Unsaid.BY_DEFAULT]
"""What stands for a time that nobody has given; None means for ever."""

BY_DEFAULT: Final = _Unsaid.BY_DEFAULT


def end_of_life(
    *, expires_in: timedelta | ByDefault | None, expires_at: datetime | ByDefault | None
) -> datetime | None:
    """Until when an id made now is good; None for ever.

    ``expires_at`` goes before ``expires_in``, and that before ``GLOBAL_ID_EXPIRES_IN``.
    """
    if expires_at is not BY_DEFAULT:
        return expires_at
    length = _default_lifetime() if expires_in is BY_DEFAULT else expires_in
    return None if length is None else clock.now() + length


def _default_lifetime() -> timedelta | None:
    seconds = conf.settings().global_id_expires_in
    return None if seconds is None else timedelta(seconds=seconds)
