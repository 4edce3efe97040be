"""When a recurring task is due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import Final, Protocol
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from django.utils.timezone import get_default_timezone_name
from typing_extensions import override

from django_activejob.conf import nearest
from django_activejob.errors import InvalidSchedule

LONGEST: Final = 255  # characters of a schedule: what it costs to read one is bounded

_NICKNAMES: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# How far back the latest tick is looked for, in steps: a schedule is walked forward only.
_REACHES: Final = (
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=32),
    timedelta(days=400),
)


class Schedule(Protocol):
    """The moments of a task, in order; all are aware and in UTC."""

    def after(self, moment: datetime) -> datetime | None:
        """The first tick after a moment; None when there is none for decades."""

    def latest(self, *, after: datetime, until: datetime) -> datetime | None:
        """The last tick that is later than ``after`` and no later than ``until``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval(Schedule):
    """The multiples of an interval since 1970 began in UTC, whenever the task was made."""

    every: timedelta

    @override
    def after(self, moment: datetime) -> datetime:
        """The next multiple."""
        return _EPOCH + ((moment - _EPOCH) // self.every + 1) * self.every

    @override
    def latest(self, *, after: datetime, until: datetime) -> datetime | None:
        """The last multiple between two moments."""
        last = _EPOCH + (until - _EPOCH) // self.every * self.every
        return last if last > after else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron(Schedule):
    """Fields of cron in a time zone.

    Daylight saving time as in Debian's cron. Where minute and hour are both named: a tick
    whose time the clock leaps over comes when the leap is done, and one whose time comes
    twice comes the first time. Where either is ``*`` or ``*/n``: ticks follow the clock on the
    wall through all real hours. Fields with seconds follow that clock in any case.
    """

    fields: str
    zone: tzinfo

    @override
    def after(self, moment: datetime) -> datetime | None:
        """The first tick after a moment, within fifty years."""
        return next(self._from(moment), None)

    @override
    def latest(self, *, after: datetime, until: datetime) -> datetime | None:
        """The last tick between two moments; looked for in reaches that grow."""
        for reach in _REACHES:
            start = max(after, until - reach)
            last = self._last(start, until)
            if last is not None or start == after:
                return last
        return self._last(after, until)

    def in_english(self) -> str:
        """The fields in words, as in ``At 02:00 every day``."""
        return str(CronSim(self.fields, datetime.now(UTC)).explain())

    def _last(self, start: datetime, until: datetime) -> datetime | None:
        last = None
        for tick in self._from(start):
            if tick > until:
                break
            last = tick
        return last

    def _from(self, moment: datetime) -> Iterator[datetime]:
        ticks = (
            tick.astimezone(UTC) for tick in CronSim(self.fields, moment.astimezone(self.zone))
        )
        # In the hour that comes twice the walk may begin with ticks of its first time.
        return (tick for tick in ticks if tick > moment)


def between(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    """The ticks that are later than ``after`` and no later than ``until``, in order."""
    tick = schedule.after(after)
    while tick is not None and tick <= until:
        yield tick
        tick = schedule.after(tick)


def parse(text: str) -> Cron:
    """Reads a schedule: ``30 2 * * *``, ``@daily``, ``0 2 * * MON-FRI Europe/Berlin``.

    Five fields of cron, or six with seconds in front, then perhaps the name of a time zone;
    without one, the project's TIME_ZONE counts.

    Raises:
        InvalidSchedule: the text is none, or its moment never comes (30 February).
    """
    if len(text) > LONGEST:
        raise InvalidSchedule(f"{text[:40]!r}…: a schedule has at most {LONGEST} characters.")
    words, zone = _divided(text)
    fields = _NICKNAMES.get(words[0].lower(), words[0]) if len(words) == 1 else " ".join(words)
    cron = Cron(fields=_without_idle_seconds(fields), zone=_zone(zone))
    _check(cron, text)
    return cron


def every(seconds: float) -> Interval:
    """An interval of so many seconds, at least 1."""
    return Interval(every=timedelta(seconds=seconds))


def _divided(text: str) -> tuple[list[str], str]:
    words = text.split()
    if not words:
        raise InvalidSchedule("An empty text is no schedule; write for example '0 2 * * *'.")
    last = words[-1]
    if len(words) > 1 and last in _zones():
        return words[:-1], last
    if len(words) == 7 or ("/" in last and last[0].isalpha()):
        hint = (
            nearest(last, _zones()) if _is_like_a_zone(last) else "Use one such as Europe/Berlin."
        )
        raise InvalidSchedule(f"{text!r}: {last!r} is no time zone. {hint}")
    return words, get_default_timezone_name()


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _is_like_a_zone(name: str) -> bool:
    return nearest(name, _zones()).startswith("Did")


def _zone(name: str) -> tzinfo:
    return UTC if name == "UTC" else ZoneInfo(name)


def _without_idle_seconds(fields: str) -> str:
    """Six fields that begin with second 0 say what the other five say."""
    words = fields.split()
    return " ".join(words[1:]) if len(words) == 6 and words[0] == "0" else fields


def _check(cron: Cron, text: str) -> None:
    try:
        comes = cron.after(datetime.now(UTC)) is not None
    except CronSimError as error:
        wrong = str(error)
        problem = f"{wrong[0].lower()}{wrong[1:]}"
        raise InvalidSchedule(
            f"{text!r} is no schedule that can come: {problem}. Write five fields of cron "
            "(minute, hour, day of month, month, day of week), then perhaps a time zone."
        ) from error
    if not comes:
        raise InvalidSchedule(f"{text!r}: such a moment never comes.")
