"""due → enqueued: a moment of a recurring task becomes a job."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django_activejob.adapters.database.store import Store
from django_activejob.contracts import RecurringTask
from django_activejob.errors import TickRefused

# Locks the task: schedulers that meet here go one after the other.
_ADVANCE = """
    UPDATE django_activejob_recurringtask
    SET last_tick_at = CASE WHEN last_tick_at > %s THEN last_tick_at ELSE %s END
    WHERE task_key = %s AND version = %s AND is_enabled
"""
_RECORD = """
    {insert} INTO django_activejob_recurringtick (task_key, run_at) VALUES (%s, %s)
    {unless_there}
"""
_NAME_JOB = """
    UPDATE django_activejob_recurringtick SET job_id = %s WHERE task_key = %s AND run_at = %s
"""


def tick(
    store: Store, task: RecurringTask, run_at: datetime, enqueue: Callable[[], str | None]
) -> str | None:
    """Records a tick and enqueues its job, in one transaction; gives the job's id.

    Locks the task, then the tick; of two at once the second waits and is refused. A job that
    goes elsewhere is enqueued before the commit: if that fails, it comes twice, not never.

    Raises:
        TickRefused: the moment has its job, or the task is gone, disabled or changed.
        EnqueueError: the job is refused.
        AdapterUnavailable: nothing was written, or nobody knows.
    """
    return store.atomically(lambda: _tick(store, task, run_at, enqueue))


def _tick(
    store: Store, task: RecurringTask, run_at: datetime, enqueue: Callable[[], str | None]
) -> str | None:
    moment = store.vendor.write_time(run_at)
    if not store.change(_ADVANCE, (moment, moment, task.key, task.version)):
        raise TickRefused(f"The recurring task {task.key!r} is gone, disabled or changed.")
    if not store.change(_RECORD, (task.key, moment)):
        raise TickRefused(f"The recurring task {task.key!r} has its job for {run_at.isoformat()}.")
    id = enqueue()
    # The ids of other adapters are texts, for which the column has no room.
    if id is not None and id.isdecimal():
        store.change(_NAME_JOB, (int(id), task.key, moment))
    return id
