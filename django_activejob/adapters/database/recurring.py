"""Recurring tasks and their ticks: the rows of RecurringTask and RecurringTick."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import cast

from typing_extensions import override

from django_activejob.adapters.database.store import Record, Store
from django_activejob.adapters.database.transitions.declare import (
    declare,
    definition_text,
    new_version,
    retire,
)
from django_activejob.adapters.database.transitions.enqueue import enqueue
from django_activejob.adapters.database.transitions.skip import skip
from django_activejob.adapters.database.transitions.tick import tick
from django_activejob.adapters.database.vendor import Vendor
from django_activejob.contracts import Envelope, RecurringStore, RecurringTask, Tick

_NOW = "SELECT {now}"
_COLUMNS = "task_key, definition, is_static, is_enabled, version, updated_at, last_tick_at"
_TASKS = "SELECT {columns} FROM django_activejob_recurringtask ORDER BY task_key"
_FIND = "SELECT {columns} FROM django_activejob_recurringtask WHERE task_key = %s"
_INSERT = """
    {insert} INTO django_activejob_recurringtask
        (task_key, definition, is_static, is_enabled, version, declared_at, updated_at)
    VALUES (%s, %s, %s, %s, %s, {now}, {now})
    {unless_there}
"""
_REPLACE = """
    UPDATE django_activejob_recurringtask
    SET definition = %s, is_enabled = %s, version = %s, updated_at = {now}
    WHERE task_key = %s AND NOT is_static
"""
_REMOVE = "DELETE FROM django_activejob_recurringtask WHERE task_key = %s AND NOT is_static"
_ENABLE = """
    UPDATE django_activejob_recurringtask
    SET is_enabled = %s, version = %s, updated_at = {now} WHERE task_key = %s
"""
_TICKS = """
    SELECT task_key, run_at, job_id FROM django_activejob_recurringtick
    WHERE task_key = %s ORDER BY run_at DESC LIMIT %s
"""
_LATEST_TICKS = """
    SELECT tick.task_key, tick.run_at, tick.job_id FROM django_activejob_recurringtask AS task
    JOIN django_activejob_recurringtick AS tick
      ON tick.task_key = task.task_key AND tick.run_at = task.last_tick_at
"""


class DatabaseRecurringStore(RecurringStore):
    """The recurring tasks of a database alias; any thread may use it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @override
    def now(self) -> datetime:
        """The time by the database's clock."""
        [(value,)] = self._store.run(lambda: self._store.rows(_NOW))
        return cast("datetime", self._store.vendor.read_time(value))

    @override
    def tasks(self) -> Sequence[RecurringTask]:
        """All tasks, by key."""
        rows = self._store.run(lambda: self._store.rows(_TASKS, columns=_COLUMNS))
        return [_task(row, self._store.vendor) for row in rows]

    @override
    def find(self, key: str) -> RecurringTask | None:
        """The task with this key."""
        rows = self._store.run(lambda: self._store.rows(_FIND, (key,), columns=_COLUMNS))
        return _task(rows[0], self._store.vendor) if rows else None

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
        return self._store.atomically(lambda: self._add(task))

    @override
    def remove(self, key: str) -> bool:
        """Removes a task that is not static."""
        return self._changes(_REMOVE, key)

    @override
    def enable(self, key: str, is_enabled: bool) -> bool:
        """Lets a task tick, or not."""
        return self._changes(_ENABLE, is_enabled, new_version(), key)

    @override
    def tick(
        self,
        task: RecurringTask,
        run_at: datetime,
        envelope: Envelope,
        *,
        enqueue: Callable[[Envelope], str | None] | None = None,
    ) -> str | None:
        """Records a tick and enqueues its job, in a transaction."""
        return tick(self._store, task, run_at, partial(enqueue or self._enqueue, envelope))

    @override
    def skip(self, task: RecurringTask, run_at: datetime) -> bool:
        """Notes that nothing is enqueued up to a moment."""
        return skip(self._store, task, run_at)

    @override
    def latest_ticks(self) -> Sequence[Tick]:
        """For each task its last tick, unless no job was enqueued for that."""
        rows = self._store.run(lambda: self._store.rows(_LATEST_TICKS))
        return [_tick(row, self._store.vendor) for row in rows]

    @override
    def ticks(self, key: str, *, limit: int) -> Sequence[Tick]:
        """The ticks of a task that are kept, the newest first."""
        rows = self._store.run(lambda: self._store.rows(_TICKS, (key, limit)))
        return [_tick(row, self._store.vendor) for row in rows]

    def _enqueue(self, envelope: Envelope) -> str:
        return enqueue(self._store, envelope)

    def _add(self, task: RecurringTask) -> bool:
        text, version = definition_text(task), new_version()
        replaced = self._changes(_REPLACE, text, task.is_enabled, version, task.key)
        return replaced or self._changes(_INSERT, task.key, text, False, task.is_enabled, version)

    def _changes(self, sql: str, *parameters: object) -> bool:
        return bool(self._store.run(lambda: self._store.change(sql, parameters)))


def _task(row: Record, vendor: Vendor) -> RecurringTask:
    key, definition, is_static, is_enabled, version, updated_at, last_tick_at = row
    return RecurringTask(
        key=key,
        definition=json.loads(definition),
        is_static=bool(is_static),
        is_enabled=bool(is_enabled),
        version=version,
        updated_at=vendor.read_time(updated_at),
        last_tick_at=vendor.read_time(last_tick_at),
    )


def _tick(row: Record, vendor: Vendor) -> Tick:
    key, run_at, job_id = row
    return Tick(
        key=key,
        run_at=cast("datetime", vendor.read_time(run_at)),
        provider_job_id=None if job_id is None else str(job_id),
    )
