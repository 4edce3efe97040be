"""What lies in Redis, as people read and repair it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

from typing_extensions import override

from django_activejob.adapters.redis import cursors, pausing, semaphores, tallies
from django_activejob.adapters.redis.claims import fields_in
from django_activejob.adapters.redis.cursors import Cursor
from django_activejob.adapters.redis.places import Found, places, size_of
from django_activejob.adapters.redis.processes import command, process_records
from django_activejob.adapters.redis.records import listed, whole
from django_activejob.adapters.redis.repairs import (
    cancel,
    discarding,
    dispatching,
    repair,
    retrying,
    setting_aside,
)
from django_activejob.adapters.redis.server import facts_of
from django_activejob.adapters.redis.store import Store
from django_activejob.adapters.redis.walking import STATUSES, Step, queue_of, walk
from django_activejob.adapters.redis.wire import reading
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

MOST_JOB_CLASSES: Final = 500
LOOKED_AT_FOR_CLASSES: Final = 5_000  # jobs


class RedisInspector(Inspector):
    """What lies in Redis, as people read and repair it; may be used by any thread.

    Jobs that are done with leave nothing behind, and of earlier executions only the last
    error is kept, as in Sidekiq.
    """

    statuses: frozenset[Status] = frozenset(STATUSES)
    filters: frozenset[str] = frozenset(("queue", "job_class", "search"))
    actions: frozenset[str] = frozenset(
        (
            *("retry", "discard", "set_aside", "dispatch", "pause", "resume"),
            *("clear", "release", "quiet", "stop", "cancel"),
        )
    )
    sections: frozenset[str] = frozenset(("tallies", "failures", "queue_counts"))

    def __init__(self, store: Store) -> None:
        self._store = store

    @override
    def queues(self) -> Sequence[QueueRecord]:
        """The queues that were ever used, or are paused, by name."""
        return pausing.queues(self._store, now=time.time())

    @override
    def jobs(self, query: JobQuery, *, cursor: str | None = None, limit: int = 50) -> Page:
        """A page of jobs; a cursor that is none of ours gives the first."""
        start = cursors.read(cursor) if cursor else None
        shown: list[Step] = []
        for step in walk(self._store, query, cursor=start, size=limit + 1):
            if isinstance(step, Cursor):
                return self._page(shown, behind=step)
            if len(shown) == limit:
                return self._page(shown, behind=shown[-1].next)
            shown.append(step)
        return self._page(shown, behind=None)

    @override
    def count(self, query: JobQuery, *, cap: int = 10_000) -> Count:
        """How many jobs there are; where a query needs no look at jobs, that costs nothing."""
        if _is_plain(query):
            statuses = STATUSES if query.status is None else (query.status,)
            found = places(self._store, [status for status in statuses if status in self.statuses])
            number = sum(size_of(self._store, place) for place in found)
            return Count(number=min(number, cap), capped=number > cap)
        number = 0
        for step in walk(self._store, query):
            if isinstance(step, Cursor) or number >= cap:
                return Count(number=min(number, cap), capped=True)
            number += 1
        return Count(number=number)

    @override
    def find(self, job_id: str) -> JobRecord | None:
        """The job with this id of ours, or, failing that, the newest with this job id."""
        found = self._found(JobQuery(ids=(job_id,))) or self._found_by_job_id(job_id)
        return whole(found, dialect=self._store.dialect) if found else None

    @override
    def attempts(self, id: str) -> Sequence[AttemptRecord]:
        """The last execution of a job that ended with an error: no others are kept."""
        job = self.find(id)
        if job is None or job.error is None:
            return []
        outcome = "failed" if job.status == "failed" else "retried"
        number = max(job.executions, 1)
        return [
            AttemptRecord(
                number=number, outcome=outcome, started_at=None, seconds=None, error=job.error
            )
        ]

    @override
    def queue_names(self) -> Sequence[str]:
        """The names of the queues."""
        return [queue.name for queue in self.queues()]

    @override
    def job_classes(self) -> Sequence[str]:
        """The names of the classes of some thousand jobs, of every status."""
        each = LOOKED_AT_FOR_CLASSES // len(STATUSES)
        names = {
            reading.job_class_of(fields)
            for status in STATUSES
            for found in islice(self._all(JobQuery(status=status)), each)
            if (fields := fields_in(found.text)) is not None
        }
        return sorted(names)[:MOST_JOB_CLASSES]

    @override
    def retry(self, query: JobQuery, *, limit: int) -> Repaired:
        """Makes failed jobs ready again; their counters start anew."""
        return repair(self._store, query, retrying, statuses=("failed",), limit=limit)

    @override
    def discard(self, query: JobQuery, *, limit: int) -> Repaired:
        """Removes jobs that do not run."""
        statuses = [status for status in STATUSES if status != "running"]
        return repair(self._store, query, discarding, statuses=statuses, limit=limit)

    @override
    def set_aside(self, query: JobQuery, *, limit: int) -> Repaired:
        """Makes jobs that wait failed, for someone to decide about them later."""
        statuses: tuple[Status, ...] = ("scheduled", "retrying", "blocked", "ready")
        return repair(self._store, query, setting_aside, statuses=statuses, limit=limit)

    @override
    def dispatch(self, query: JobQuery, *, limit: int) -> Repaired:
        """Makes scheduled and blocked jobs ready now; a limit does not hold them back."""
        statuses: tuple[Status, ...] = ("scheduled", "retrying", "blocked")
        return repair(self._store, query, dispatching, statuses=statuses, limit=limit)

    @override
    def cancel(self, query: JobQuery, *, limit: int) -> Repaired:
        """Asks running jobs to end, each once; what Ruby performs is not among them."""
        return cancel(self._store, query, limit=limit)

    @override
    def pause(self, queue: str) -> None:
        """Lets no more jobs of a queue start; Ruby's workers heed it only with Sidekiq Pro."""
        pausing.pause(self._store, queue)

    @override
    def resume(self, queue: str) -> None:
        """Lets the jobs of a queue start again."""
        pausing.resume(self._store, queue)

    @override
    def clear(self, queue: str, *, limit: int) -> Repaired:
        """Removes jobs that wait in a queue, ready or blocked; what runs or comes later stays."""
        query = JobQuery(queue=queue)
        waiting: tuple[Status, ...] = ("ready", "blocked")
        return repair(self._store, query, discarding, statuses=waiting, limit=limit)

    @override
    def queue_counts(self, *, cap: int = 10_000) -> Mapping[str, Mapping[Status, Count]]:
        """How many jobs each queue has in each status but ready; no zeros."""
        counts: dict[str, dict[Status, Count]] = {}
        for status in STATUSES:
            if status == "ready":
                continue
            found = [queue_of(each) for each in islice(self._all(JobQuery(status=status)), cap + 1)]
            for queue, number in Counter(found[:cap]).items():
                counts.setdefault(queue, {})[status] = Count(number=number, capped=len(found) > cap)
        return counts

    @override
    def semaphores(self, *, cursor: str | None = None, limit: int = 50) -> SemaphorePage:
        """A page of the concurrency keys in use, by key."""
        return semaphores.page(self._store, cursor=cursor, limit=limit)

    @override
    def holders(self, key: str, *, limit: int = 50) -> Sequence[JobRecord]:
        """The jobs that hold a permit of a key, those first that have run longest."""
        return semaphores.holders(self._store, key, limit=limit)

    @override
    def release(self, key: str, *, holder: str | None = None) -> Repaired:
        """Takes running jobs' permits of a key away, and gives them to jobs that wait."""
        return semaphores.release(self._store, key, holder=holder)

    @override
    def tallies(
        self, *, since: datetime, step: int | None = None, by: TallyName | None = None
    ) -> Sequence[Tally]:
        """What executions came to since a moment."""
        return tallies.tallies(self._store, since=since, step=step, by=by)

    @override
    def failures(self, *, since: datetime) -> Sequence[FailureCount]:
        """How many jobs failed for good since a moment, most first."""
        return tallies.failures(self._store, since=since)

    @override
    def processes(self) -> Sequence[ProcessRecord]:
        """The processes that are registered, Ruby's too, oldest first."""
        return process_records(self._store)

    @override
    def command(self, process_id: str, command_: Command) -> bool:
        """Leaves a command for a process to obey at its next beat."""
        return command(self._store, process_id, command_)

    @override
    def backend(self) -> Mapping[str, Any]:
        """The server, its version and memory: nothing that could be a secret."""
        facts = facts_of(self._store)
        told = {name: facts[key] for key, name in _TOLD.items() if key in facts}
        return {"engine": "Redis", **told, "cache": self._store.alias}

    def _all(self, query: JobQuery) -> Iterator[Found]:
        for step in walk(self._store, query):
            if isinstance(step, Step):
                yield step.found

    def _found(self, query: JobQuery) -> Found | None:
        return next(self._all(query), None)

    def _found_by_job_id(self, job_id: str) -> Found | None:
        found = [
            each
            for each in islice(self._all(JobQuery(search=job_id)), 100)
            if whole(each, dialect=self._store.dialect).job_id == job_id
        ]
        return max(found, key=_made_at, default=None)

    def _page(self, shown: Sequence[Step], *, behind: Cursor | None) -> Page:
        jobs = [listed(step.found, dialect=self._store.dialect) for step in shown]
        return Page(jobs=jobs, next_cursor=cursors.written(behind) if behind else None)


_TOLD: Final = {
    "redis_version": "version",
    "valkey_version": "valkey",
    "used_memory_human": "memory",
    "maxmemory_policy": "eviction",
    "aof_enabled": "append only file",
    "role": "role",
}


def _is_plain(query: JobQuery) -> bool:
    return not (query.queue or query.job_class or query.ids or query.search)


def _made_at(found: Found) -> float:
    fields = fields_in(found.text) or {}
    moment = reading.enqueued_at(fields)
    return moment.timestamp() if moment else 0.0
