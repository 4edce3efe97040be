"""Recurring tasks and their ticks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from typing_extensions import override

from django_activejob.adapters.redis.microseconds import micros_of, moment_of
from django_activejob.adapters.redis.store import Store
from django_activejob.adapters.redis.transitions.declare import (
    declare,
    definition_text,
    flag,
    new_version,
    retire,
)
from django_activejob.adapters.redis.transitions.tick import tick, tick_elsewhere
from django_activejob.contracts import Envelope, RecurringStore, RecurringTask, Tick


class RedisRecurringStore(RecurringStore):
    """The recurring tasks that are kept in Redis; any thread may use it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @override
    def now(self) -> datetime:
        """The time by the clock of Redis."""
        seconds, micros = self._store.ask("TIME")
        return moment_of(int(seconds) * 1_000_000 + int(micros))

    @override
    def tasks(self) -> Sequence[RecurringTask]:
        """All tasks, by key."""
        keys = sorted(
            key.decode() for key in self._store.ask("SMEMBERS", self._store.keys.recurring)
        )
        found = [self.find(key) for key in keys]
        return [task for task in found if task is not None]

    @override
    def find(self, key: str) -> RecurringTask | None:
        """The task with this key."""
        answer = self._store.ask("HGETALL", self._store.keys.recurring_task(key))
        texts = [each.decode() for each in answer]
        facts = dict(zip(texts[::2], texts[1::2], strict=True))
        return _task(key, facts) if facts else None

    @override
    def declare(self, tasks: Sequence[RecurringTask], *, as_of: datetime) -> None:
        """Makes the static tasks those that the settings declare."""
        declare(self._store, tasks, as_of=as_of)

    @override
    def retire(self, keys: Sequence[str], *, as_of: datetime) -> int:
        """Removes static tasks that only older settings declare."""
        return retire(self._store, keys, as_of=as_of)

    @override
    def add(self, task: RecurringTask) -> bool:
        """Adds a task that is not static, or replaces it."""
        facts = (task.key, definition_text(task), flag(task.is_enabled), new_version())
        return bool(self._store.run("moments", "add_task", with_=facts))

    @override
    def remove(self, key: str) -> bool:
        """Removes a task that is not static."""
        return bool(self._store.run("remove_task", with_=(key,)))

    @override
    def enable(self, key: str, is_enabled: bool) -> bool:
        """Lets a task tick, or not."""
        facts = (key, flag(is_enabled), new_version())
        return bool(self._store.run("moments", "enable_task", with_=facts))

    @override
    def tick(
        self,
        task: RecurringTask,
        run_at: datetime,
        envelope: Envelope,
        *,
        enqueue: Callable[[Envelope], str | None] | None = None,
    ) -> str | None:
        """Records a tick and enqueues its job, in one step where the job is kept here too."""
        if enqueue is None:
            return tick(self._store, task, run_at, envelope)
        return tick_elsewhere(self._store, task, run_at, lambda: enqueue(envelope))

    @override
    def skip(self, task: RecurringTask, run_at: datetime) -> bool:
        """Notes that nothing is enqueued up to a moment."""
        facts = (task.key, task.version, micros_of(run_at))
        return bool(self._store.run("moments", "skip", with_=facts))

    @override
    def latest_ticks(self) -> Sequence[Tick]:
        """For each task its last tick, unless no job was enqueued for that."""
        latest = [(task, self.ticks(task.key, limit=1)) for task in self.tasks()]
        return [
            ticks[0] for task, ticks in latest if ticks and ticks[0].run_at == task.last_tick_at
        ]

    @override
    def ticks(self, key: str, *, limit: int) -> Sequence[Tick]:
        """The ticks of a task that are kept, the newest first."""
        members = self._store.ask("ZREVRANGE", self._store.keys.ticks(key), 0, limit - 1)
        return [_tick(key, member.decode()) for member in members]


def _task(key: str, facts: Mapping[str, str]) -> RecurringTask:
    last = facts.get("last_tick_at")
    return RecurringTask(
        key=key,
        definition=json.loads(facts["definition"]),
        is_static=facts["is_static"] == "1",
        is_enabled=facts["is_enabled"] == "1",
        version=facts["version"],
        updated_at=moment_of(int(facts["updated_at"])),
        last_tick_at=moment_of(int(last)) if last else None,
    )


def _tick(key: str, member: str) -> Tick:
    micros, _, id = member.partition(":")
    return Tick(key=key, run_at=moment_of(int(micros)), provider_job_id=id or None)
