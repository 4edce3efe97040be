"""Moments and durations as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from django_activejob import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment in three ways: ``5 min ago``, in full, and for machines."""

    relative: str
    absolute: str
    iso: str


def moment(at: datetime | None) -> Moment | None:
    """An aware time as seen from now, in the reader's time zone."""
    if at is None:
        return None
    local = localtime(at)
    absolute = f"{date_format(local, 'Y-m-d H:i:s')} {local.tzname()}"
    return Moment(relative=_relative(at), absolute=absolute, iso=at.isoformat())


def _relative(at: datetime) -> str:
    seconds = (clock.now() - at).total_seconds()
    if abs(seconds) < 1:
        return _("now")
    pattern = _("%(time)s ago") if seconds > 0 else _("in %(time)s")
    return pattern % {"time": duration(abs(seconds), exact=False)}


def duration(seconds: float | None, *, exact: bool = True) -> str:
    """So many seconds, in the two units that matter: ``35 ms``, ``4.2 s``, ``2 h 5 min``.

    Args:
        seconds: None gives an empty text; clocks that disagree give ``0 ms``, never less.
        exact: False leaves out fractions of a second, and the seconds of minutes.
    """
    if seconds is None:
        return ""
    if not exact and seconds < 3600:
        return _rough(int(seconds))
    if seconds >= 60:
        return _long(int(seconds))
    if seconds < 1:
        return _("%(n)s ms") % {"n": max(0, round(seconds * 1000))}
    return _("%(n)s s") % {"n": number_format(round(seconds, 1), decimal_pos=1)}


def _rough(seconds: int) -> str:
    if seconds < 60:
        return _("%(n)s s") % {"n": seconds}
    return _("%(n)s min") % {"n": seconds // 60}


def _long(seconds: int) -> str:
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return _pair(_("%(n)s d"), days, _("%(n)s h"), hours % 24)
    if hours:
        return _pair(_("%(n)s h"), hours, _("%(n)s min"), minutes % 60)
    return _pair(_("%(n)s min"), minutes, _("%(n)s s"), seconds % 60)


def _pair(large: str, larger: int, small: str, smaller: int) -> str:
    head = large % {"n": larger}
    return f"{head} {small % {'n': smaller}}" if smaller else head
