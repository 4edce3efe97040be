"""Aware times as text, the way Active Job writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django_activejob.errors import SerializationError

_UTC_NAMES = frozenset({"UTC", "UCT"})
_SECONDS_OF_A_TIME = 26  # characters up to the microseconds


def write(value: datetime) -> str:
    """Nine digits of a second and the offset, ``Z`` for UTC: ``2024-02-29T12:30:45.123456000Z``.

    Offsets of the time before standard zones have seconds, which Ruby cannot read; in a
    named zone such a time is written in UTC.

    Raises:
        SerializationError: in UTC it lies beyond the years that Python has.
    """
    if value.tzinfo is UTC or value.tzname() in _UTC_NAMES:
        return _write_digits(value.replace(tzinfo=None)) + "Z"
    offset = value.utcoffset()
    if offset is None or offset % timedelta(minutes=1):
        return _write_digits(_in_utc(value).replace(tzinfo=None)) + "Z"
    return _write_digits(value)


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise SerializationError(
            f"the time {value} cannot travel in a job, for in UTC it lies in no year that Python "
            f"has. Pass it without its zone."
        ) from error


def read(text: str) -> datetime:
    """The time with its offset; digits beyond microseconds are cut off.

    Raises:
        ValueError: the text is no such time, or lacks the offset.
    """
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(f"{text} has no offset from UTC.")
    return value


def is_in_named_zone(value: datetime) -> bool:
    """Whether a time has a zone that another process finds by its name."""
    return isinstance(value.tzinfo, ZoneInfo) and value.tzinfo.key is not None


def put_in_zone(value: datetime, zone: tzinfo) -> datetime:
    """The same instant by the clock of a zone, with the wall time kept if it fits."""
    for fold in (0, 1):
        local = value.replace(tzinfo=zone, fold=fold)
        if local.utcoffset() == value.utcoffset():
            return local
    return value.astimezone(zone)


def _write_digits(value: datetime) -> str:
    text = value.isoformat(timespec="microseconds")
    return f"{text[:_SECONDS_OF_A_TIME]}000{text[_SECONDS_OF_A_TIME:]}"
