"""The page of the queues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import gettext as _

from django_activejob import clock
from django_activejob.contracts import Count, QueueRecord, Status, Tally
from django_activejob.dashboard import permissions
from django_activejob.dashboard.sparkline import SPAN, STEP, Sparkline, sparkline
from django_activejob.dashboard.statuses import WORDS
from django_activejob.dashboard.text import count, number, visible
from django_activejob.dashboard.times import duration
from django_activejob.dashboard.visit import Visit

COUNTED: Final[tuple[Status, ...]] = ("blocked", "scheduled", "retrying", "running", "failed")
"""The statuses that have a column of their own, beside the ready jobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How many jobs of a queue have a status; without ``number`` none."""

    number: str
    uri: str
    is_bad: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """What the page says about a queue; no ``key`` where a form could not hold the name."""

    key: str | None
    name: str
    uri: str
    size: str
    cells: Sequence[Cell]
    latency: str
    is_paused: bool
    recent: Sparkline | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of all queues beyond their records; None where the adapter has it not."""

    counts: Mapping[str, Mapping[Status, Count]] | None
    tallies: Mapping[str, Sequence[Tally]] | None


def show(visit: Visit) -> HttpResponse:
    """The queues that hold jobs, are paused, or were used of late."""
    facts = _facts(visit)
    rows = [_row(visit, record, facts) for record in _records(visit, facts)]
    context = {
        "title": _("Queues"),
        "rows": rows,
        "columns": _columns(visit, facts),
        "shows_recent": facts.tallies is not None,
        **_allowed(visit),
    }
    return visit.render("queues", context)


def _allowed(visit: Visit) -> dict[str, Any]:
    may_pause = visit.may(permissions.PAUSE_QUEUES)
    offered = visit.inspector.actions
    return {
        "can_pause": may_pause and "pause" in offered,
        "can_resume": may_pause and "resume" in offered,
        "can_clear": visit.may(permissions.CLEAR_QUEUES) and "clear" in offered,
    }


def _facts(visit: Visit) -> Facts:
    inspector, counts, tallies = visit.inspector, None, None
    if "queue_counts" in inspector.sections:
        counts = inspector.queue_counts()
    if "tallies" in inspector.sections:
        tallies = _by_queue(inspector.tallies(since=clock.now() - SPAN, step=STEP, by="queue"))
    return Facts(counts=counts, tallies=tallies)


def _by_queue(tallies: Sequence[Tally]) -> dict[str, list[Tally]]:
    found: dict[str, list[Tally]] = {}
    for tally in tallies:
        found.setdefault(tally.queue, []).append(tally)
    return found


def _records(visit: Visit, facts: Facts) -> list[QueueRecord]:
    """All queues by name: those without ready jobs too, if they have others."""
    records = {record.name: record for record in visit.inspector.queues()}
    for name in (facts.counts or {}).keys() - records.keys():
        records[name] = QueueRecord(name=name, size=0, latency=None, paused=False)
    return [record for _, record in sorted(records.items())]


def _row(visit: Visit, record: QueueRecord, facts: Facts) -> QueueRow:
    name = visible(record.name)
    tallies = None if facts.tallies is None else facts.tallies.get(record.name, ())
    return QueueRow(
        key=name if name == record.name else None,
        name=name,
        uri=visit.uri("job_changelist", parameters={"status": "ready", "queue": record.name}),
        size=number(record.size),
        cells=list(_cells(visit, record.name, facts)),
        latency=duration(record.latency),
        is_paused=record.paused,
        recent=None if tallies is None else sparkline(tallies, now=clock.now()),
    )


def _columns(visit: Visit, facts: Facts) -> list[str]:
    return [str(WORDS[status].label) for status in _counted(visit, facts)]


def _counted(visit: Visit, facts: Facts) -> list[Status]:
    if facts.counts is None:
        return []
    return [status for status in COUNTED if status in visit.inspector.statuses]


def _cells(visit: Visit, queue: str, facts: Facts) -> Iterator[Cell]:
    counts = (facts.counts or {}).get(queue, {})
    for status in _counted(visit, facts):
        found = counts.get(status)
        yield Cell(
            number=count(found) if found else "",
            uri=visit.uri("job_changelist", parameters={"status": status, "queue": queue}),
            is_bad=status == "failed",
        )
