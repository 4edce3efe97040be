"""A stretch of time in calendar parts."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, Self, TypeVar

from typing_extensions import override

Moment = TypeVar("Moment", date, datetime)

SECONDS: Final[Mapping[str, int]] = {
    "years": 31_556_952,
    "months": 2_629_746,
    "weeks": 604_800,
    "days": 86_400,
    "hours": 3_600,
    "minutes": 60,
    "seconds": 1,
}
"""How long Active Support takes each part to be: a year is 365.2425 days."""


class Duration(timedelta):
    """A timedelta that remembers its parts, as Active Support's: two months are not 60.9 days.

    ``Duration({"months": 2})`` compares as a timedelta of ``value`` seconds; ``since``
    and ``ago`` go by the calendar.
    """

    parts: Mapping[str, float]
    value: float

    def __new__(cls, parts: Mapping[str, float], value: float | None = None) -> Self:
        """Makes one of its parts; ``value`` is their sum in seconds where nothing else is said."""
        if value is None:
            value = sum(SECONDS[part] * amount for part, amount in parts.items())
        duration = super().__new__(cls, seconds=value)
        duration.parts = dict(parts)
        duration.value = value
        return duration

    def since(self, moment: Moment) -> Moment:
        """The moment that lies this long after another; the last day of a month where it must."""
        months = 12 * self.parts.get("years", 0) + self.parts.get("months", 0)
        moved = _add_months(moment, int(months))
        rest = {part: amount for part, amount in self.parts.items() if part in _EXACT}
        rest["months"] = months - int(months)
        return moved + timedelta(seconds=Duration(rest).value)

    def ago(self, moment: Moment) -> Moment:
        """The moment that lies this long before another."""
        return (-self).since(moment)

    @override
    def __add__(self, other: timedelta) -> Duration:
        if not isinstance(other, timedelta):
            return NotImplemented
        added = parts_of(other)
        names = dict.fromkeys((*self.parts, *added))
        parts = {name: self.parts.get(name, 0) + added.get(name, 0) for name in names}
        return Duration(parts, self.value + seconds_of(other))

    @override
    def __radd__(self, other: timedelta) -> Duration:
        return self + other

    @override
    def __sub__(self, other: timedelta) -> Duration:
        if not isinstance(other, timedelta):
            return NotImplemented
        return self + Duration(parts_of(other), seconds_of(other)) * -1

    @override
    def __mul__(self, factor: float) -> Duration:
        if not isinstance(factor, int | float):
            return NotImplemented
        parts = {part: amount * factor for part, amount in self.parts.items()}
        return Duration(parts, self.value * factor)

    @override
    def __rmul__(self, factor: float) -> Duration:
        return self * factor

    @override
    def __neg__(self) -> Duration:
        return self * -1

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (dict(self.parts), self.value))

    @override
    def __repr__(self) -> str:
        return f"Duration({dict(self.parts)!r})"


def parts_of(length: timedelta) -> Mapping[str, float]:
    """The parts of a Duration, or days and seconds of any other timedelta."""
    if isinstance(length, Duration):
        return length.parts
    seconds = (
        length.seconds + length.microseconds / 1_000_000 if length.microseconds else length.seconds
    )
    parts = {"days": length.days, "seconds": seconds}
    return {name: amount for name, amount in parts.items() if amount} or {"seconds": 0}


def seconds_of(length: timedelta) -> float:
    """A length in seconds; a whole number where it is one."""
    if isinstance(length, Duration):
        return length.value
    return length.total_seconds() if length.microseconds else length.days * 86_400 + length.seconds


_EXACT: Final = frozenset({"weeks", "days", "hours", "minutes", "seconds"})


def _add_months(moment: Moment, months: int) -> Moment:
    if not months:
        return moment
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last_day))
