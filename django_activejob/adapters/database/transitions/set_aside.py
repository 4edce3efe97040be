"""scheduled, blocked or ready → failed: somebody will decide later what becomes of jobs."""

from __future__ import annotations

from functools import partial

from django_activejob.adapters.database.admission import admit_next, limit_keys_of
from django_activejob.adapters.database.attempts import Attempt, remember
from django_activejob.adapters.database.changing import Choice
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.unique import free_dropped
from django_activejob.contracts import ErrorRecord

REASON = ErrorRecord(
    class_name="SetAside",
    message="Somebody set this job aside while it waited. Retry it, or discard it.",
)

_EXECUTIONS = "SELECT id, executions FROM django_activejob_job WHERE id {among}"
_FAIL = """
    UPDATE django_activejob_job
    SET state = 'failed', failed_at = {now}, error_class = %s WHERE id {among}
"""


def set_aside(store: Store, choice: Choice) -> int:
    """Makes the waiting jobs of a choice, which locks them, failed; says how many.

    The permits and the locks that they held are free. What they were given is kept.
    """
    return store.atomically(partial(_set_aside, store, choice))


def _set_aside(store: Store, choice: Choice) -> int:
    ids = [id for (id,) in store.rows(choice.sql, choice.parameters)]
    if ids:
        admit_next(store, limit_keys_of(store, ids))
        free_dropped(store, ids)
        remember(store, [_attempt(*row) for row in store.rows(_EXECUTIONS, (ids,))])
        store.change(_FAIL, (REASON.class_name, ids))
    return len(ids)


def _attempt(row_id: int, executions: int) -> Attempt:
    # No execution of its own: it stands with the one that would have come.
    return Attempt(
        row_id=row_id,
        number=executions + 1,
        outcome="set_aside",
        process_id="",
        started_at=None,
        error=REASON,
    )
