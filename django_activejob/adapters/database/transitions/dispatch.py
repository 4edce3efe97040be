"""scheduled → ready or blocked: the time of jobs has come."""

from __future__ import annotations

from django_activejob.adapters.database.admission import admit_next
from django_activejob.adapters.database.changing import Change, Choice, change
from django_activejob.adapters.database.listening import notify
from django_activejob.adapters.database.store import Store

DISPATCHED_AT_ONCE = 500

LOOKS_AHEAD = 0.3  # seconds; more than there are between two looks

_NEXT = """
    SELECT scheduled_at, {now} FROM django_activejob_job {by_due}
    WHERE state = 'scheduled' AND scheduled_at <= {later}
    ORDER BY scheduled_at, id LIMIT 1
"""
_DUE = """
    SELECT id FROM django_activejob_job {by_due}
    WHERE state = 'scheduled' AND scheduled_at <= {now}
    ORDER BY scheduled_at, id LIMIT %s {skip}
"""
# A job under a limit has to wait for its permit; who wants it now gets one after the commit.
QUEUED = Change(sql="state = CASE WHEN limit_key > '' THEN 'blocked' ELSE 'ready' END")


class Dispatching:
    """Makes due jobs ready, and knows of one that is due soon; for one thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._due_in: float | None = None

    def run(self) -> int:
        """Makes some of the due jobs ready, those due first; says how many."""
        # Many times a second there is nothing, and a look costs less than a change of nothing.
        self._due_in = _seconds_to_next(self._store)
        if self._due_in is None or self._due_in > 0:
            return 0
        self._due_in = None
        return dispatch(self._store)

    def due_in(self) -> float | None:
        """Seconds to the time of the next job, if the last run saw one that is due soon."""
        return self._due_in


def dispatch(store: Store) -> int:
    """Makes some of the due jobs ready, those due first; says how many.

    Jobs that another dispatcher is moving are passed over.
    """
    due = Choice(sql=_DUE, parameters=(DISPATCHED_AT_ONCE,), in_order=True)
    keys = [key for (key,) in change(store, due, QUEUED, columns="limit_key")]
    if not all(keys):
        notify(store)
    admit_next(store, filter(None, keys))
    return len(keys)


def _seconds_to_next(store: Store) -> float | None:
    for scheduled_at, present in store.run(lambda: store.rows(_NEXT, (LOOKS_AHEAD,))):
        due_at, now = store.vendor.read_time(scheduled_at), store.vendor.read_time(present)
        if due_at is not None and now is not None:
            return (due_at - now).total_seconds()
    return None
