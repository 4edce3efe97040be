"""What happened to a job, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from django_activejob.contracts import JobRecord
from django_activejob.dashboard.times import Moment, duration, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, or will; ``note`` says how long what came before it took."""

    label: str
    moment: Moment | None
    note: str = ""


def timeline(record: JobRecord) -> list[Event]:
    """The events of a job's life that are known, in the order of their times."""
    events = sorted(_events(record), key=lambda event: event[0])
    return [Event(label=label, moment=moment(at), note=note) for at, label, note in events]


def _events(record: JobRecord) -> Iterator[tuple[datetime, str, str]]:
    if record.enqueued_at:
        yield record.enqueued_at, _("Enqueued"), ""
    if record.scheduled_at:
        yield record.scheduled_at, _("Due"), ""
    if record.claimed_at:
        yield record.claimed_at, _("Started"), _waited(record)
    if record.cancel_asked_at:
        yield record.cancel_asked_at, _("Asked to end"), ""
    if record.failed_at:
        yield record.failed_at, _("Failed"), _ran(record.claimed_at, record.failed_at)
    if record.finished_at:
        yield record.finished_at, _("Finished"), _ran(record.claimed_at, record.finished_at)


def _waited(record: JobRecord) -> str:
    """How long the job was ready before it was taken: a planned wait does not count."""
    known = [at for at in (record.enqueued_at, record.scheduled_at) if at]
    if not known or record.claimed_at is None or max(known) > record.claimed_at:
        return ""
    seconds = (record.claimed_at - max(known)).total_seconds()
    return _("after a wait of %(time)s") % {"time": duration(seconds)}


def _ran(started: datetime | None, ended: datetime) -> str:
    if started is None or started > ended:
        return ""
    seconds = (ended - started).total_seconds()
    return _("after a run of %(time)s") % {"time": duration(seconds)}
