"""The page of the processes: supervisors with their children, and what these are at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_activejob.contracts import JobQuery, JobRecord, ProcessRecord
from django_activejob.dashboard import permissions
from django_activejob.dashboard.text import number, visible
from django_activejob.dashboard.times import Moment, moment
from django_activejob.dashboard.visit import Visit
from django_activejob.dashboard.vitals import CONDITIONS, Vitals, vitals_of
from django_activejob.dashboard.warnings import warnings_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_RUNNING: Final = 500
"""How many running jobs are looked at; a process shows a few of its own."""

SHOWN_OF_A_PROCESS: Final = 5

_DUTIES: Final[Mapping[str, _StrPromise]] = {
    "worker": gettext_lazy("Worker"),
    "dispatcher": gettext_lazy("Dispatcher"),
    "scheduler": gettext_lazy("Scheduler"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningJob:
    """A job that a process has in its hands."""

    job_class: str
    uri: str
    started: Moment | None

    @classmethod
    def of(cls, visit: Visit, record: JobRecord) -> RunningJob:
        """The few words for a job."""
        return cls(
            job_class=visible(record.job_class),
            uri=visit.uri("job_change", record.id),
            started=moment(record.claimed_at),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessRow:
    """What the page says about one process."""

    id: str
    name: str
    pid: int
    duties: str
    queues: str
    vitals: Vitals
    memory: str
    load: str
    condition: str
    started: Moment | None
    beat: Moment | None
    running: Sequence[RunningJob]
    unlisted: int  # running jobs that are not shown

    @classmethod
    def of(cls, visit: Visit, record: ProcessRecord, jobs: Sequence[JobRecord]) -> ProcessRow:
        """The line for a process with the jobs that it runs."""
        vitals = vitals_of(record)
        shown = jobs[:SHOWN_OF_A_PROCESS]
        return cls(
            id=record.id,
            name=visible(vitals.name),
            pid=record.pid,
            duties=", ".join(str(_DUTIES.get(duty, visible(duty))) for duty in vitals.duties),
            queues=visible(", ".join(vitals.queues)),
            vitals=vitals,
            memory="" if vitals.memory is None else filesizeformat(vitals.memory),
            load="" if vitals.load is None else number_format(vitals.load, decimal_pos=2),
            condition=str(CONDITIONS[vitals.condition]),
            started=moment(record.started_at),
            beat=moment(record.beat_at),
            running=[RunningJob.of(visit, job) for job in shown],
            unlisted=len(jobs) - len(shown),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A supervisor and its children; ``pid`` is None for processes without one."""

    hostname: str
    pid: int | None
    rows: Sequence[ProcessRow]

    @property
    def ids(self) -> list[str]:
        """Who an order to the supervisor goes to."""
        return [row.id for row in self.rows]

    @property
    def threads(self) -> str:
        """How many threads are busy, of how many, as in ``3 / 10``."""
        busy = sum(row.vitals.busy for row in self.rows)
        return f"{number(busy)} / {number(sum(row.vitals.threads for row in self.rows))}"

    @property
    def memory(self) -> str:
        """The memory of all of them."""
        known = [row.vitals.memory for row in self.rows if row.vitals.memory is not None]
        return filesizeformat(sum(known)) if known else ""


def show(visit: Visit) -> HttpResponse:
    """Who works for this adapter, and at what."""
    records = visit.inspector.processes()
    may_control = visit.may(permissions.CONTROL_PROCESSES)
    offered = visit.inspector.actions
    context = {
        "title": _("Processes"),
        "families": list(_families(visit, records)),
        "warnings": list(warnings_of(records, visit.inspector.queues())),
        "can_quiet": may_control and "quiet" in offered,
        "can_stop": may_control and "stop" in offered,
    }
    return visit.render("processes", context)


def _families(visit: Visit, records: Sequence[ProcessRecord]) -> Iterator[Family]:
    jobs = _running(visit)
    children = sorted(records, key=_place)
    for (hostname, pid), members in groupby(children, key=_family_of):
        rows = [ProcessRow.of(visit, record, jobs.get(record.id, [])) for record in members]
        yield Family(hostname=visible(hostname), pid=pid or None, rows=rows)


def _family_of(record: ProcessRecord) -> tuple[str, int]:
    return record.hostname, vitals_of(record).supervisor_pid or 0


def _place(record: ProcessRecord) -> tuple[str, int, str, int]:
    return *_family_of(record), vitals_of(record).name, record.pid


def _running(visit: Visit) -> dict[str, list[JobRecord]]:
    """The running jobs by process, for those who may see jobs."""
    found: dict[str, list[JobRecord]] = {}
    if "running" not in visit.inspector.statuses or not visit.may(permissions.VIEW_JOBS):
        return found
    for job in visit.inspector.jobs(JobQuery(status="running"), limit=MOST_RUNNING).jobs:
        found.setdefault(job.process_id or "", []).append(job)
    return found
