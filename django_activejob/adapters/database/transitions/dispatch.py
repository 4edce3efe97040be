"""scheduled → ready or blocked: the time of jobs has come."""

from __future__ import annotations

from django_activejob.adapters.database.admission import admit_next
from django_activejob.adapters.database.changing import Change, Choice, change
from django_activejob.adapters.database.listening import notify
from django_activejob.adapters.database.store import Store

DISPATCHED_AT_ONCE = 500

_IS_ANY_DUE = """
    SELECT id FROM django_activejob_job {by_due}
    WHERE state = 'scheduled' AND scheduled_at <= {now}
    ORDER BY scheduled_at, id LIMIT 1
"""
_DUE = """
    SELECT id FROM django_activejob_job {by_due}
    WHERE state = 'scheduled' AND scheduled_at <= {now}
    ORDER BY scheduled_at, id LIMIT %s {skip}
"""
# A job under a limit has to wait for its permit; who wants it now gets one after the commit.
QUEUED = Change(sql="state = CASE WHEN limit_key > '' THEN 'blocked' ELSE 'ready' END")


def dispatch(store: Store) -> int:
    """Makes some of the due jobs ready, those due first; says how many.

    Jobs that another dispatcher is moving are passed over.
    """
    # Ten times a second there is nothing, and a look costs less than a change of nothing.
    if not store.run(lambda: store.rows(_IS_ANY_DUE)):
        return 0
    due = Choice(sql=_DUE, parameters=(DISPATCHED_AT_ONCE,), in_order=True)
    keys = [key for (key,) in change(store, due, QUEUED, columns="limit_key")]
    if not all(keys):
        notify(store)
    admit_next(store, filter(None, keys))
    return len(keys)
