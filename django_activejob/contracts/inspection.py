"""What pages and commands for people read and repair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from django_activejob.contracts.execution import ErrorRecord
from django_activejob.contracts.payload import Payload
from django_activejob.contracts.processes import Command, ProcessRecord
from django_activejob.contracts.semaphores import SemaphorePage
from django_activejob.contracts.tallies import FailureCount, Tally, TallyName

Status = Literal["scheduled", "blocked", "ready", "running", "retrying", "failed", "finished"]

Moment = Literal["enqueued_at", "scheduled_at", "claimed_at", "failed_at", "finished_at"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuery:
    """Which jobs; None and empty mean any.

    ``ids`` are the adapter's own ids; ``queue`` and ``job_class`` are whole names;
    ``search`` is a job id, or a part of the arguments where the adapter offers the filter.
    Only the fields whose filters an inspector offers are asked of it.
    """

    status: Status | None = None
    queue: str | None = None
    job_class: str | None = None
    ids: tuple[str, ...] = ()
    search: str | None = None
    priority: int | None = None
    process_id: str | None = None  # that runs it
    recurring_key: str | None = None  # of the task that enqueued it
    batch_id: str | None = None
    error_class: str | None = None  # of the latest error
    limit_key: str | None = None
    moment: Moment = "enqueued_at"  # which time ``since`` and ``until`` are about
    since: datetime | None = None
    until: datetime | None = None  # not included


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
    cancel_asked_at: datetime | None = None  # since when an operator wants it to stop
    process_id: str | None = None
    error: ErrorRecord | None = None  # the latest
    limit_key: str | None = None
    recurring_key: str | None = None
    batch_id: str | None = None


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
    """A slice of a list; ``next_cursor`` is None at its end.

    What is rare is looked for in so many jobs of the list only; then ``searched`` is their
    number, and there may be more behind the cursor, even if ``jobs`` is empty.
    """

    jobs: Sequence[JobRecord]
    next_cursor: str | None = None
    searched: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many there are, at least; ``capped`` when counting stopped before the end."""

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
    ``filters`` or ``actions``; what else there is to see is named in ``sections``. Every
    call may raise AdapterUnavailable; an action that is not offered raises
    UnsupportedAction. Where "release" is offered, and only there, semaphores and their
    holders are told.
    """

    statuses: frozenset[Status]
    # "queue", "job_class", "search", "priority", "process", "recurring", "batch",
    # "error_class", "limit_key", "time"
    filters: frozenset[str]
    # "retry", "discard", "set_aside", "dispatch", "pause", "resume", "clear", "release",
    # "quiet", "stop", "cancel"
    actions: frozenset[str]
    sections: frozenset[str]  # "tallies", "failures", "queue_counts"

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

    def queue_names(self) -> Sequence[str]:
        """The names of the queues that ``queues`` tells of, for less."""

    def job_classes(self) -> Sequence[str]:
        """The names of the classes of the jobs at hand, for a filter; bounded."""

    def retry(self, query: JobQuery, *, limit: int) -> Repaired:
        """Makes failed jobs ready again; both of their counters start anew."""

    def discard(self, query: JobQuery, *, limit: int) -> Repaired:
        """Removes jobs that do not run."""

    def set_aside(self, query: JobQuery, *, limit: int) -> Repaired:
        """Makes jobs that wait failed, with all that they were given, for someone to retry."""

    def dispatch(self, query: JobQuery, *, limit: int) -> Repaired:
        """Makes scheduled jobs ready now, and blocked ones, whose limit then counts for nothing."""

    def cancel(self, query: JobQuery, *, limit: int) -> Repaired:
        """Asks running jobs to stop: their processes are told with their next beats.

        Those that were asked before are left alone. Until the claim of such a job has ended,
        its record says when it was asked. Should the claim end in a way that would let the job
        run again (released, retried, its process dead), the job is discarded instead, with
        JobCancelled. What adapters would forget with its end they keep as failed.
        """

    def pause(self, queue: str) -> None:
        """Lets no more jobs of a queue start."""

    def resume(self, queue: str) -> None:
        """Lets the jobs of a queue start again."""

    def clear(self, queue: str, *, limit: int) -> Repaired:
        """Removes jobs that wait in a queue, ready or blocked; what runs or comes later stays."""

    def queue_counts(self, *, cap: int = 10_000) -> Mapping[str, Mapping[Status, Count]]:
        """How many jobs each queue has in each status but ready and finished; no zeros.

        Of each status ``cap`` jobs are looked at: where there are more, its counts are capped.
        """

    def semaphores(self, *, cursor: str | None = None, limit: int = 50) -> SemaphorePage:
        """A page of the concurrency keys in use, by key; a key may stay for a while after use.

        A cursor that is not known leads to the first page.
        """

    def holders(self, key: str, *, limit: int = 50) -> Sequence[JobRecord]:
        """The jobs that hold a permit of a key, those first that have run longest."""

    def release(self, key: str, *, holder: str | None = None) -> Repaired:
        """Takes running jobs' permits of a key away, and gives them to jobs that wait.

        For a permit whose job hangs, and whose ``duration`` is too long to wait for. The job
        itself runs on, so that more than the limit may run at once.

        Args:
            holder: this adapter's id of the only job to lose its permit; None means all that
                run.
        """

    def processes(self) -> Sequence[ProcessRecord]:
        """The processes that are registered, oldest first."""

    def command(self, process_id: str, command: Command) -> bool:
        """Leaves a command for a process to obey at its next beat.

        It is lost with the process; jobs are cancelled by ``cancel``.

        Returns:
            False when no such process is registered.
        """

    def tallies(
        self, *, since: datetime, step: int | None = None, by: TallyName | None = None
    ) -> Sequence[Tally]:
        """What executions came to from ``since`` on, by time and by name; bounded.

        Args:
            since: about this moment: stores keep minutes for a day, and hours for a month.
            step: seconds, a multiple of 60, counted from the epoch; None means one sum. With a
                step the run and wait times may be left out: charts show counts.
            by: what to tell apart; None means nothing.
        """

    def failures(self, *, since: datetime) -> Sequence[FailureCount]:
        """How many jobs failed for good since a moment, most first; bounded."""

    def backend(self) -> Mapping[str, Any]:
        """Allow-listed facts about the store: never a password, never a URL with one."""
