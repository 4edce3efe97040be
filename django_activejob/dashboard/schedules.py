"""Schedules in words, and the moments that they name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from django_activejob.contracts import RecurringTask
from django_activejob.dashboard.text import visible
from django_activejob.dashboard.times import duration
from django_activejob.errors import InvalidSchedule
from django_activejob.recurring.definition import Definition, read
from django_activejob.recurring.schedule import Cron, Schedule

LATE_AFTER: Final = timedelta(minutes=1)
"""A tick that nobody has seen to for so long is overdue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a recurring task is, and when it is due; ``definition`` is None when it is unreadable.

    ``text`` is the schedule as it was written, ``words`` say the same, where the reader's
    language has them.
    """

    definition: Definition | None
    text: str = ""
    words: str = ""
    zone: str = ""
    next: datetime | None = None
    is_overdue: bool = False


def plan_of(task: RecurringTask, *, now: datetime) -> Plan:
    """Reads a task as its store has it, whatever that is."""
    try:
        definition = read(task.definition)
        times = definition.times()
        return Plan(
            definition=definition,
            text=visible(definition.schedule or ""),
            words=_words(definition, times),
            zone=str(times.zone) if isinstance(times, Cron) else "",
            next=times.after(now) if task.is_enabled else None,
            is_overdue=_is_overdue(task, times, now),
        )
    except (InvalidSchedule, TypeError, ValueError, AttributeError, OverflowError):
        return Plan(definition=None)


def _words(definition: Definition, times: Schedule) -> str:
    if isinstance(times, Cron):
        return times.in_english() if (get_language() or "en").startswith("en") else ""
    return _("every %(time)s") % {"time": duration(definition.every)}


def _is_overdue(task: RecurringTask, times: Schedule, now: datetime) -> bool:
    since = max(filter(None, (task.last_tick_at, task.updated_at)), default=now)
    due = times.after(since) if task.is_enabled else None
    return due is not None and due + LATE_AFTER < now
