"""running → finished: jobs are done, or were given up by their own wish."""

from __future__ import annotations

from collections.abc import Sequence

from django_activejob.adapters.database.changing import Change, change
from django_activejob.adapters.database.fence import Hold, still_held
from django_activejob.adapters.database.store import Store

_FINISHED = Change(
    sql="state = 'finished', process_id = '', finished_at = {now}, executions = executions + 1,"
    " cancel_asked_at = NULL"
)


def finish(store: Store, process_id: str, holds: Sequence[Hold]) -> set[int]:
    """Finishes those jobs that the process still holds; gives their row ids."""
    return {id for (id,) in change(store, still_held(process_id, holds), _FINISHED)}
