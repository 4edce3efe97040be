"""The page of the queues."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _

from django_activejob.contracts import QueueRecord
from django_activejob.dashboard import permissions
from django_activejob.dashboard.text import number, visible
from django_activejob.dashboard.times import duration
from django_activejob.dashboard.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """What the page says about a queue; no ``key`` where a form could not hold the name."""

    key: str | None
    name: str
    uri: str
    size: str
    latency: str
    is_paused: bool

    @classmethod
    def of(cls, visit: Visit, record: QueueRecord) -> QueueRow:
        """The line for a queue."""
        name = visible(record.name)
        parameters = {"status": "ready", "queue": record.name}
        return cls(
            key=name if name == record.name else None,
            name=name,
            uri=visit.uri("job_changelist", parameters=parameters),
            size=number(record.size),
            latency=duration(record.latency),
            is_paused=record.paused,
        )


def show(visit: Visit) -> HttpResponse:
    """The queues that hold ready jobs or are paused."""
    rows = [QueueRow.of(visit, record) for record in visit.inspector.queues()]
    may_pause = visit.may(permissions.PAUSE_QUEUES)
    offered = visit.inspector.actions
    context = {
        "title": _("Queues"),
        "rows": rows,
        "can_pause": may_pause and "pause" in offered,
        "can_resume": may_pause and "resume" in offered,
    }
    return visit.render("queues", context)
