"""Recurring tasks in memory."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from typing_extensions import override

from django_activejob import clock
from django_activejob.contracts import Envelope, RecurringStore, RecurringTask, Tick
from django_activejob.errors import TickRefused

Enqueue = Callable[[Envelope], str | None]


@dataclass(slots=True, kw_only=True)
class _Kept:
    """A task, and when the settings last declared it; those made at run time never were."""

    task: RecurringTask
    declared_at: datetime | None = None


class MemoryRecurringStore(RecurringStore):
    """The recurring tasks of a test adapter; ``_tasks`` and ``_ticks`` are guarded by ``_lock``.

    Its clock is that of jobs, so that a test can hold it still.
    """

    def __init__(self, enqueue: Enqueue) -> None:
        self._enqueue = enqueue
        self._tasks: dict[str, _Kept] = {}
        self._ticks: dict[str, dict[datetime, Tick]] = {}
        self._lock = threading.RLock()

    @override
    def now(self) -> datetime:
        """The time of jobs."""
        return clock.now()

    @override
    def tasks(self) -> Sequence[RecurringTask]:
        """All tasks, by key."""
        with self._lock:
            return [kept.task for _, kept in sorted(self._tasks.items())]

    @override
    def find(self, key: str) -> RecurringTask | None:
        """The task with this key."""
        with self._lock:
            kept = self._tasks.get(key)
            return kept.task if kept is not None else None

    @override
    def declare(self, tasks: Sequence[RecurringTask], *, as_of: datetime) -> None:
        """Makes the static tasks those that the settings declare."""
        with self._lock:
            for task in tasks:
                self._declare(task, as_of)
            self.retire([task.key for task in tasks], as_of=as_of)

    @override
    def retire(self, keys: Sequence[str], *, as_of: datetime) -> int:
        """Removes static tasks that only older settings declare."""
        with self._lock:
            old = [
                key
                for key, kept in self._tasks.items()
                if kept.declared_at is not None and kept.declared_at < as_of and key not in keys
            ]
            for key in old:
                del self._tasks[key]
            return len(old)

    @override
    def add(self, task: RecurringTask) -> bool:
        """Adds a task that is not static, or replaces it."""
        with self._lock:
            known = self._tasks.get(task.key)
            if known is not None and known.task.is_static:
                return False
            last = known.task.last_tick_at if known is not None else None
            self._tasks[task.key] = _Kept(task=self._anew(replace(task, last_tick_at=last)))
            return True

    @override
    def remove(self, key: str) -> bool:
        """Removes a task that is not static."""
        with self._lock:
            known = self._tasks.get(key)
            if known is None or known.task.is_static:
                return False
            del self._tasks[key]
            return True

    @override
    def enable(self, key: str, is_enabled: bool) -> bool:
        """Lets a task tick, or not."""
        with self._lock:
            known = self._tasks.get(key)
            if known is None:
                return False
            known.task = self._anew(replace(known.task, is_enabled=is_enabled))
            return True

    @override
    def tick(
        self,
        task: RecurringTask,
        run_at: datetime,
        envelope: Envelope,
        *,
        enqueue: Enqueue | None = None,
    ) -> str | None:
        """Records a tick and enqueues its job, if it is accepted."""
        with self._lock:
            kept = self._tasks.get(task.key)
            if kept is None or kept.task.version != task.version or not kept.task.is_enabled:
                raise TickRefused(f"The recurring task {task.key!r} is gone, disabled or changed.")
            ticks = self._ticks.setdefault(task.key, {})
            if run_at in ticks:
                raise TickRefused(
                    f"The recurring task {task.key!r} has its job for {run_at.isoformat()}."
                )
            id = (enqueue or self._enqueue)(envelope)
            ticks[run_at] = Tick(key=task.key, run_at=run_at, provider_job_id=id)
            self._advance(kept, run_at)
            return id

    @override
    def skip(self, task: RecurringTask, run_at: datetime) -> bool:
        """Notes that nothing is enqueued up to a moment."""
        with self._lock:
            kept = self._tasks.get(task.key)
            if kept is None or kept.task.version != task.version:
                return False
            return self._advance(kept, run_at)

    @override
    def latest_ticks(self) -> Sequence[Tick]:
        """For each task the tick at its ``last_tick_at``, if a job was enqueued then."""
        with self._lock:
            found = [
                self._ticks.get(task.key, {}).get(task.last_tick_at)
                for task in self.tasks()
                if task.last_tick_at is not None
            ]
            return [tick for tick in found if tick is not None]

    @override
    def ticks(self, key: str, *, limit: int) -> Sequence[Tick]:
        """The ticks of a task, the newest first."""
        with self._lock:
            ticks: Mapping[datetime, Tick] = self._ticks.get(key, {})
            return [ticks[run_at] for run_at in sorted(ticks, reverse=True)[:limit]]

    def clear(self) -> None:
        """Forgets all tasks and ticks."""
        with self._lock:
            self._tasks.clear()
            self._ticks.clear()

    def _declare(self, task: RecurringTask, as_of: datetime) -> None:
        known = self._tasks.get(task.key)
        if known is None:
            self._tasks[task.key] = _Kept(task=self._anew(task), declared_at=as_of)
        elif known.declared_at is not None and known.declared_at <= as_of:
            known.declared_at = as_of
            if known.task.definition != task.definition:
                changed = replace(task, last_tick_at=known.task.last_tick_at)
                known.task = self._anew(changed)

    def _anew(self, task: RecurringTask) -> RecurringTask:
        return replace(task, version=uuid.uuid4().hex, updated_at=self.now())

    def _advance(self, kept: _Kept, run_at: datetime) -> bool:
        last = kept.task.last_tick_at
        if last is not None and last >= run_at:
            return False
        kept.task = replace(kept.task, last_tick_at=run_at)
        return True
