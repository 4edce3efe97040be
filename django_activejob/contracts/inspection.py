"""What pages and commands for people read and repair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from django_activejob.contracts.execution import ErrorRecord
from django_activejob.contracts.payload import Payload
from django_activejob.contracts.processes import ProcessRecord

Status = Literal["scheduled", "blocked", "ready", "running", "retrying", "failed", "finished"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuery:
    """Which jobs; None and empty mean any.

    ``ids`` are the adapter's own ids; ``queue`` and ``job_class`` are whole names;
    ``search`` is a job id, or a part of the arguments where the adapter offers the filter.
    """

    status: Status | None = None
    queue: str | None = None
    job_class: str | None = None
    ids: tuple[str, ...] = ()
    search: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """A job as people see it. Times are aware; ``payload`` is None when it cannot be read."""

    id: str  # the adapter's own
    job_id: str
    job_class: str
    queue: str
    priority: int
    status: Status
    payload: Payload | None
    raw_payload: str
    executions: int = 0
    crashes: int = 0
    enqueued_at: datetime | None = None
    scheduled_at: datetime | None = None
    claimed_at: datetime | None = None
    finished_at: datetime | None = None
    failed_at: datetime | None = None
    process_id: str | None = None
    error: ErrorRecord | None = None  # the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRecord:
    """One execution that did not end well."""

    number: int  # from 1
    outcome: str
    started_at: datetime | None
    seconds: float | None
    error: ErrorRecord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRecord:
    """A queue at a glance; ``latency`` is the wait of its oldest ready job, in seconds."""

    name: str
    size: int
    latency: float | None
    paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A slice of a list; ``next_cursor`` is None at its end."""

    jobs: Sequence[JobRecord]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many there are; ``capped`` when counting stopped at the cap."""

    number: int
    capped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """What a repair did: jobs changed, jobs that had moved on meanwhile, and whether more wait."""

    done: int
    skipped: int = 0
    more: bool = False


class Inspector(Protocol):
    """Read-and-repair view of one adapter.

    A tab, a filter or a button is shown when, and only when, it is in ``statuses``,
    ``filters`` or ``actions``. Every call may raise AdapterUnavailable; an action that
    is not offered raises UnsupportedAction.
    """

    statuses: frozenset[Status]
    filters: frozenset[str]  # "queue", "job_class", "search"
    actions: frozenset[str]  # "retry", "discard", "dispatch", "pause", "resume"

    def queues(self) -> Sequence[QueueRecord]:
        """The queues that hold ready jobs, are paused, or were used of late, by name."""

    def jobs(self, query: JobQuery, *, cursor: str | None = None, limit: int = 50) -> Page:
        """A page of jobs: those that changed last first; ready and scheduled ones as they will run.

        A cursor that is not known leads to the first page. In a query every field counts:
        ``status`` and ``ids`` together mean those of the ids that have the status.
        """

    def count(self, query: JobQuery, *, cap: int = 10_000) -> Count:
        """How many jobs there are; counting stops at ``cap``."""

    def find(self, job_id: str) -> JobRecord | None:
        """The job with this adapter's id, or, failing that, the newest with this job id."""

    def attempts(self, id: str) -> Sequence[AttemptRecord]:
        """The executions of the job with this adapter's id that did not end well, oldest first."""

    def job_classes(self) -> Sequence[str]:
        """The names of the classes of the jobs at hand, for a filter; bounded."""

    def retry(self, query: JobQuery, *, limit: int) -> Repaired:
        """Makes failed jobs ready again; both of their counters start anew."""

    def discard(self, query: JobQuery, *, limit: int) -> Repaired:
        """Removes jobs that do not run."""

    def dispatch(self, query: JobQuery, *, limit: int) -> Repaired:
        """Makes scheduled jobs ready now, and blocked ones, whose limit then counts for nothing."""

    def pause(self, queue: str) -> None:
        """Lets no more jobs of a queue start."""

    def resume(self, queue: str) -> None:
        """Lets the jobs of a queue start again."""

    def processes(self) -> Sequence[ProcessRecord]:
        """The processes that are registered, oldest first."""

    def backend(self) -> Mapping[str, Any]:
        """Allow-listed facts about the store: never a password, never a URL with one."""
