"""due → skipped: moments of a recurring task pass without a job."""

from __future__ import annotations

from datetime import datetime

from django_activejob.adapters.database.store import Store
from django_activejob.contracts import RecurringTask

_SKIP = """
    UPDATE django_activejob_recurringtask SET last_tick_at = %s
    WHERE task_key = %s AND version = %s AND (last_tick_at IS NULL OR last_tick_at < %s)
"""


def skip(store: Store, task: RecurringTask, run_at: datetime) -> bool:
    """Notes that a task is done with up to a moment; False when that was known. One row."""
    moment = store.vendor.write_time(run_at)
    parameters = (moment, task.key, task.version, moment)
    return bool(store.run(lambda: store.change(_SKIP, parameters)))
