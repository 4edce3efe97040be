"""An adapter that keeps records in memory, for the pages to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from typing_extensions import override

from django_activejob import clock
from django_activejob.contracts import (
    AttemptRecord,
    Command,
    Count,
    Envelope,
    FailureCount,
    Inspector,
    JobQuery,
    JobRecord,
    Page,
    ProcessRecord,
    QueueAdapter,
    QueueRecord,
    Repaired,
    Status,
    Tally,
    TallyName,
)
from django_activejob.errors import AdapterUnavailable, UnsupportedAction


class FakeInspector:
    """Records in memory; ``changes`` lists what was done, ``is_down`` takes the store away."""

    def __init__(self) -> None:
        self.statuses: frozenset[Status] = frozenset(
            ("scheduled", "ready", "running", "retrying", "failed", "finished")
        )
        self.filters = frozenset(("queue", "job_class", "search"))
        self.actions = frozenset(
            (
                *("retry", "discard", "dispatch", "cancel"),
                *("pause", "resume", "clear", "quiet", "stop"),
            )
        )
        self.sections: frozenset[str] = frozenset(("tallies", "failures", "queue_counts"))
        self.counts: Mapping[str, Mapping[Status, Count]] = {}
        self.tally_records: Sequence[Tally] = ()
        self.failure_records: Sequence[FailureCount] = ()
        self.records: dict[str, JobRecord] = {}
        self.attempt_records: Sequence[AttemptRecord] = ()
        self.queue_records: Sequence[QueueRecord] = ()
        self.process_records: Sequence[ProcessRecord] = ()
        self.ended: set[str] = set()
        self.changes: list[tuple[str, Any]] = []
        self.limits: list[int] = []
        self.is_down = False

    def add(self, *records: JobRecord) -> None:
        """Keeps records."""
        self.records.update((record.id, record) for record in records)

    def queues(self) -> Sequence[QueueRecord]:
        self._reach()
        return self.queue_records

    def jobs(self, query: JobQuery, *, cursor: str | None = None, limit: int = 50) -> Page:
        found = [
            record
            for record in sorted(self._matching(query), key=lambda one: int(one.id), reverse=True)
            if cursor is None or int(record.id) < int(cursor)
        ]
        page = found[:limit]
        return Page(jobs=page, next_cursor=page[-1].id if len(found) > limit else None)

    def count(self, query: JobQuery, *, cap: int = 10_000) -> Count:
        number = len(list(self._matching(query)))
        return Count(number=min(number, cap), capped=number > cap)

    def find(self, job_id: str) -> JobRecord | None:
        self._reach()
        return self.records.get(job_id)

    def attempts(self, id: str) -> Sequence[AttemptRecord]:
        return self.attempt_records

    def queue_names(self) -> Sequence[str]:
        return [queue.name for queue in self.queue_records]

    def job_classes(self) -> Sequence[str]:
        return sorted({record.job_class for record in self.records.values()})

    def retry(self, query: JobQuery, *, limit: int) -> Repaired:
        return self._change("retry", query, limit, _made_ready)

    def dispatch(self, query: JobQuery, *, limit: int) -> Repaired:
        return self._change("dispatch", query, limit, _made_ready)

    def set_aside(self, query: JobQuery, *, limit: int) -> Repaired:
        return self._change("set_aside", query, limit, _made_failed)

    def cancel(self, query: JobQuery, *, limit: int) -> Repaired:
        return self._change("cancel", query, limit, _asked_to_end)

    def discard(self, query: JobQuery, *, limit: int) -> Repaired:
        return self._change("discard", query, limit, lambda record: None)

    def pause(self, queue: str) -> None:
        self._reach()
        self.changes.append(("pause", queue))

    def resume(self, queue: str) -> None:
        self._reach()
        self.changes.append(("resume", queue))

    def clear(self, queue: str, *, limit: int) -> Repaired:
        if "clear" not in self.actions:
            raise UnsupportedAction("clear")
        self._reach()
        self.limits.append(limit)
        self.changes.append(("clear", queue))
        return Repaired(done=3)

    def queue_counts(self, *, cap: int = 10_000) -> Mapping[str, Mapping[Status, Count]]:
        self._reach()
        return self.counts

    def processes(self) -> Sequence[ProcessRecord]:
        self._reach()
        return self.process_records

    def command(self, process_id: str, command: Command) -> bool:
        self._reach()
        if process_id in self.ended:
            return False
        self.changes.append((command.action, process_id))
        return True

    def tallies(
        self, *, since: datetime, step: int | None = None, by: TallyName | None = None
    ) -> Sequence[Tally]:
        self._reach()
        return self.tally_records

    def failures(self, *, since: datetime) -> Sequence[FailureCount]:
        self._reach()
        return self.failure_records

    def backend(self) -> Mapping[str, Any]:
        return {}

    def _reach(self) -> None:
        if self.is_down:
            raise AdapterUnavailable("postgres://tea:s3cret@store/ does not answer")

    def _matching(self, query: JobQuery) -> Iterable[JobRecord]:
        self._reach()
        wanted = {"status": query.status, "queue": query.queue, "job_class": query.job_class}
        for record in list(self.records.values()):
            fits = all(value in (None, getattr(record, name)) for name, value in wanted.items())
            is_found = query.search in (None, record.job_id)
            if fits and is_found and (not query.ids or record.id in query.ids):
                yield record

    def _change(
        self,
        action: str,
        query: JobQuery,
        limit: int,
        changed: Callable[[JobRecord], JobRecord | None],
    ) -> Repaired:
        if action not in self.actions:
            raise UnsupportedAction(action)
        matching = list(self._matching(query))
        able = [record for record in matching if _allows(action, record.status)]
        for record in able[:limit]:
            self._put(record, changed(record))
            self.changes.append((action, record.id))
        self.limits.append(limit)
        return Repaired(
            done=len(able[:limit]), skipped=len(matching) - len(able), more=len(able) > limit
        )

    def _put(self, record: JobRecord, changed: JobRecord | None) -> None:
        if changed is None:
            del self.records[record.id]
        else:
            self.records[record.id] = changed


def _made_ready(record: JobRecord) -> JobRecord:
    return replace(record, status="ready")


def _made_failed(record: JobRecord) -> JobRecord:
    return replace(record, status="failed")


def _asked_to_end(record: JobRecord) -> JobRecord:
    return replace(record, cancel_asked_at=clock.now())


def _allows(action: str, status: Status) -> bool:
    if action == "retry":
        return status == "failed"
    if action == "cancel":
        return status == "running"
    if action == "dispatch":
        return status in ("scheduled", "retrying")
    return status != "running"


class FakeAdapter(QueueAdapter):
    """An adapter with an inspector and nothing else."""

    def __init__(self) -> None:
        self._inspector = FakeInspector()

    @override
    def enqueue(self, envelope: Envelope) -> str | None:
        raise NotImplementedError

    @override
    def inspector(self) -> Inspector | None:
        return self._inspector


class BlindAdapter(QueueAdapter):
    """An adapter without an inspector."""
