"""The tables, as people read and repair them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from typing_extensions import override

from django_activejob.adapters.database import commands
from django_activejob.adapters.database.filters import (
    STATUS_CONDITIONS,
    Condition,
    among,
    row_ids,
)
from django_activejob.adapters.database.listing import number_of, page
from django_activejob.adapters.database.queues import paused_names, ready_names
from django_activejob.adapters.database.records import (
    ALL_COLUMNS,
    attempt_of,
    process_of,
    queue_of,
    whole,
)
from django_activejob.adapters.database.repairs import repair
from django_activejob.adapters.database.semaphores import holders, semaphores
from django_activejob.adapters.database.sizes import sizes
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.tallies import failures, tallies
from django_activejob.adapters.database.text import is_storable
from django_activejob.adapters.database.transitions.discard import discard
from django_activejob.adapters.database.transitions.dispatch_now import dispatch_now
from django_activejob.adapters.database.transitions.pause import pause
from django_activejob.adapters.database.transitions.request_cancel import request_cancel
from django_activejob.adapters.database.transitions.resume import resume
from django_activejob.adapters.database.transitions.retry_failed import retry_failed
from django_activejob.adapters.database.transitions.set_aside import set_aside
from django_activejob.adapters.database.transitions.withdraw import withdraw
from django_activejob.contracts import (
    AttemptRecord,
    Command,
    Count,
    FailureCount,
    Inspector,
    JobQuery,
    JobRecord,
    Page,
    ProcessRecord,
    QueueRecord,
    Repaired,
    SemaphorePage,
    Status,
    Tally,
    TallyName,
)

MOST_JOB_CLASSES = 500
RECENT_JOBS = 1_000  # the newest, whose queues are shown even when they are empty

_FIND = "SELECT {columns} FROM django_activejob_job WHERE {where} ORDER BY id DESC LIMIT 1"
_ATTEMPTS = """
    SELECT number, outcome, started_at, seconds, error_class, error_message, traceback
    FROM django_activejob_attempt
    WHERE job_id = %s AND outcome <> 'performed' ORDER BY id
"""
_QUEUES = """
    SELECT queue, COUNT(*), MIN(COALESCE(scheduled_at, enqueued_at)), {now}
    FROM django_activejob_job WHERE state = 'ready' GROUP BY queue
"""
_COUNTS_BY_QUEUE = """
    SELECT queue, COUNT(*) FROM (
        SELECT queue FROM django_activejob_job WHERE {where} LIMIT %s
    ) AS counted GROUP BY queue
"""
_COUNTED_BY_QUEUE: tuple[Status, ...] = (
    "blocked",
    "scheduled",
    "retrying",
    "running",
    "failed",
)
_RECENT_QUEUES = """
    SELECT DISTINCT queue FROM (
        SELECT queue FROM django_activejob_job ORDER BY id DESC LIMIT %s
    ) AS newest
"""
# A loose index scan: one probe for each class, however many jobs there are.
_JOB_CLASSES = """
    WITH RECURSIVE names AS (
        SELECT MIN(job_class) AS job_class FROM django_activejob_job
        UNION ALL
        SELECT (
            SELECT MIN(job.job_class) FROM django_activejob_job AS job
            WHERE job.job_class > names.job_class
        )
        FROM names WHERE names.job_class IS NOT NULL
    )
    SELECT job_class FROM names WHERE job_class IS NOT NULL LIMIT %s
"""
_PROCESSES = """
    SELECT id, kind, hostname, pid, metadata, started_at, beat_at
    FROM django_activejob_process ORDER BY started_at, id
"""


class DatabaseInspector(Inspector):
    """The tables, as people read and repair them; may be used by any thread."""

    statuses: frozenset[Status] = frozenset(
        ("scheduled", "blocked", "ready", "running", "retrying", "failed", "finished")
    )
    filters: frozenset[str] = frozenset(
        (
            "queue",
            "job_class",
            "search",
            "priority",
            "process",
            "recurring",
            "error_class",
            "limit_key",
            "time",
        )
    )
    actions: frozenset[str] = frozenset(
        (
            "retry",
            "discard",
            "set_aside",
            "dispatch",
            "pause",
            "resume",
            "clear",
            "release",
            "quiet",
            "stop",
            "cancel",
        )
    )

    sections: frozenset[str] = frozenset(("tallies", "failures", "queue_counts"))

    def __init__(self, store: Store) -> None:
        self._store = store

    @override
    def queues(self) -> Sequence[QueueRecord]:
        """The queues that hold ready jobs, are paused, or had one of the newest jobs, by name."""
        store = self._store
        paused = paused_names(store)
        full = {
            row[0]: queue_of(row, store.vendor, paused=row[0] in paused)
            for row in self._read(_QUEUES, ())
        }
        empty = {
            name: QueueRecord(name=name, size=0, latency=None, paused=name in paused)
            for name in self._recent_names() - full.keys()
        }
        return [queue for _, queue in sorted((full | empty).items())]

    @override
    def jobs(self, query: JobQuery, *, cursor: str | None = None, limit: int = 50) -> Page:
        """A page of jobs; a cursor that is none of ours gives the first."""
        return page(self._store, query, cursor=cursor, limit=limit)

    @override
    def count(self, query: JobQuery, *, cap: int = 10_000) -> Count:
        """How many jobs there are; counting stops at ``cap``."""
        return number_of(self._store, query, cap=cap)

    @override
    def find(self, job_id: str) -> JobRecord | None:
        """The job with this id of ours, or, failing that, the newest with this job id."""
        ids = row_ids([job_id])
        found = self._find(among(ids)) if ids else None
        if found is None and is_storable(job_id):
            found = self._find(Condition(sql="job_id = %s", parameters=(job_id,)))
        return found

    @override
    def attempts(self, id: str) -> Sequence[AttemptRecord]:
        """The executions of a job that did not end well, oldest first."""
        rows = [row for row_id in row_ids([id]) for row in self._read(_ATTEMPTS, (row_id,))]
        return [attempt_of(row, self._store.vendor) for row in rows]

    @override
    def queue_names(self) -> Sequence[str]:
        """The names of the queues, one probe for each that holds ready jobs."""
        return sorted(self._recent_names() | set(ready_names(self._store)))

    @override
    def job_classes(self) -> Sequence[str]:
        """The names of the classes of the jobs at hand, the first 500."""
        return [name for (name,) in self._read(_JOB_CLASSES, (MOST_JOB_CLASSES,))]

    @override
    def retry(self, query: JobQuery, *, limit: int) -> Repaired:
        """Makes failed jobs ready again; their counters start anew."""
        return repair(self._store, query, retry_failed, guard="state = 'failed'", limit=limit)

    @override
    def discard(self, query: JobQuery, *, limit: int) -> Repaired:
        """Removes jobs that do not run."""
        return repair(self._store, query, discard, guard="state <> 'running'", limit=limit)

    @override
    def set_aside(self, query: JobQuery, *, limit: int) -> Repaired:
        """Makes jobs that wait failed; the permits of their limits are free."""
        guard = "state IN ('scheduled', 'blocked', 'ready')"
        return repair(self._store, query, set_aside, guard=guard, limit=limit)

    @override
    def dispatch(self, query: JobQuery, *, limit: int) -> Repaired:
        """Makes scheduled and blocked jobs ready now; a limit does not hold them back."""
        guard = "state IN ('scheduled', 'blocked')"
        return repair(self._store, query, dispatch_now, guard=guard, limit=limit)

    @override
    def cancel(self, query: JobQuery, *, limit: int) -> Repaired:
        """Asks running jobs to end, each once."""
        guard = "state = 'running' AND cancel_asked_at IS NULL"
        return repair(self._store, query, request_cancel, guard=guard, limit=limit)

    @override
    def pause(self, queue: str) -> None:
        """Lets no more jobs of a queue start."""
        pause(self._store, queue)

    @override
    def resume(self, queue: str) -> None:
        """Lets the jobs of a queue start again."""
        resume(self._store, queue)

    @override
    def semaphores(self, *, cursor: str | None = None, limit: int = 50) -> SemaphorePage:
        """The concurrency keys in use, or used within the last hour, by key."""
        return semaphores(self._store, cursor=cursor, limit=limit)

    @override
    def holders(self, key: str, *, limit: int = 50) -> Sequence[JobRecord]:
        """The jobs that hold a permit of a key, those first that have run longest."""
        return holders(self._store, key, limit=limit)

    @override
    def release(self, key: str, *, holder: str | None = None) -> Repaired:
        """Takes running jobs' permits of a key away, and gives them to jobs that wait."""
        return withdraw(self._store, key, holder=holder)

    @override
    def clear(self, queue: str, *, limit: int) -> Repaired:
        """Removes jobs that wait in a queue, ready or blocked; the permits they held are free."""
        guard = "state IN ('ready', 'blocked')"
        return repair(self._store, JobQuery(queue=queue), discard, guard=guard, limit=limit)

    @override
    def queue_counts(self, *, cap: int = 10_000) -> Mapping[str, Mapping[Status, Count]]:
        """How many jobs each queue has in each status but ready and finished."""
        counts: dict[str, dict[Status, Count]] = {}
        for status in _COUNTED_BY_QUEUE:
            rows = self._read(_COUNTS_BY_QUEUE, (cap + 1,), where=STATUS_CONDITIONS[status])
            is_capped = sum(number for _, number in rows) > cap
            for queue, number in rows:
                counts.setdefault(queue, {})[status] = Count(number=number, capped=is_capped)
        return counts

    @override
    def processes(self) -> Sequence[ProcessRecord]:
        """The processes that are registered, oldest first."""
        return [process_of(row, self._store.vendor) for row in self._read(_PROCESSES, ())]

    @override
    def command(self, process_id: str, command: Command) -> bool:
        """Leaves a command for a process to obey at its next beat."""
        return is_storable(process_id) and commands.give(self._store, process_id, command)

    @override
    def tallies(
        self, *, since: datetime, step: int | None = None, by: TallyName | None = None
    ) -> Sequence[Tally]:
        """What executions came to since a moment."""
        return tallies(self._store, since=since, step=step, by=by)

    @override
    def failures(self, *, since: datetime) -> Sequence[FailureCount]:
        """How many jobs failed for good since a moment, most first."""
        return failures(self._store, since=since)

    @override
    def backend(self) -> Mapping[str, Any]:
        """The engine, its version, and the alias: nothing that could be a secret."""
        connection = self._store.connection
        version = self._store.run(connection.get_database_version)
        return {
            "engine": connection.display_name,
            "version": ".".join(map(str, version)),
            "alias": self._store.alias,
            **sizes(self._store),
        }

    def _recent_names(self) -> set[str]:
        """The queues that are paused, or had one of the newest jobs."""
        recent = {name for (name,) in self._read(_RECENT_QUEUES, (RECENT_JOBS,))}
        return recent | paused_names(self._store)

    def _find(self, condition: Condition) -> JobRecord | None:
        store = self._store
        rows = self._read(_FIND, condition.parameters, columns=ALL_COLUMNS, where=condition.sql)
        return store.run(lambda: whole(store, rows[0])) if rows else None

    def _read(self, sql: str, parameters: Sequence[Any], **fragments: str) -> list[Any]:
        return self._store.run(lambda: self._store.rows(sql, parameters, **fragments))
