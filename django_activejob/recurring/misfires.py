"""Which of the ticks that are due become jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from django_activejob.recurring.definition import Definition
from django_activejob.recurring.schedule import Schedule, between

ON_TIME_WITHIN: Final = timedelta(seconds=5)
"""A tick that is no later than this was not missed."""

MOST_AT_ONCE: Final = 1000
"""Ticks of one task that are caught up with before others have their turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do about the ticks up to ``until``: those to enqueue, and the row of the skipped."""

    until: datetime
    run: tuple[datetime, ...] = ()
    skipped: tuple[datetime, datetime] | None = None  # the first, the last


def decide(
    definition: Definition, schedule: Schedule, *, since: datetime, now: datetime
) -> Decision:
    """Decides about the ticks later than ``since`` and no later than ``now``.

    Those on time are enqueued. Of the missed, ``skip`` drops all, ``run_once`` keeps the last,
    unless one on time makes up for it, and ``run_all`` keeps all; none that was missed by more
    than the task's grace.
    """
    on_time_since = max(since, now - ON_TIME_WITHIN)
    on_time = tuple(between(schedule, on_time_since, now))
    first = schedule.after(since)
    if first is None or first > on_time_since:
        return Decision(until=now, run=on_time)
    if definition.misfire == "run_all":
        return _all(definition, schedule, since=since, now=now)
    last = schedule.latest(after=since, until=on_time_since) or first
    if definition.misfire == "run_once" and last >= _earliest(definition, now):
        return Decision(until=now, run=on_time or (last,))
    return Decision(until=now, run=on_time, skipped=(first, last))


def _all(definition: Definition, schedule: Schedule, *, since: datetime, now: datetime) -> Decision:
    earliest = max(since, _earliest(definition, now))
    run = tuple(islice(between(schedule, earliest, now), MOST_AT_ONCE))
    until = run[-1] if len(run) == MOST_AT_ONCE else now
    last = schedule.latest(after=since, until=earliest)
    first = schedule.after(since)
    skipped = (first, last) if first is not None and last is not None else None
    return Decision(until=until, run=run, skipped=skipped)


def _earliest(definition: Definition, now: datetime) -> datetime:
    return now - timedelta(seconds=definition.grace)
