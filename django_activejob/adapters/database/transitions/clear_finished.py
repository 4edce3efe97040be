"""finished → gone: finished jobs have been kept for long enough."""

from __future__ import annotations

from django_activejob.adapters.database.changing import Choice
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions.discard import discard

CLEARED_AT_ONCE = 500

_IS_ANY_OLD = """
    SELECT 1 FROM django_activejob_job
    WHERE state = 'finished' AND finished_at < {later} LIMIT 1
"""
_OLD = """
    SELECT id FROM django_activejob_job {by_finished}
    WHERE state = 'finished' AND finished_at < {later}
    ORDER BY finished_at, id LIMIT %s {skip}
"""


def clear_finished(store: Store, *, keep: float) -> int:
    """Drops some of the jobs that finished more than ``keep`` seconds ago; says how many.

    Few at once: a great deletion would hold up everybody else.
    """
    if store.vendor.single_writer and not store.run(lambda: store.rows(_IS_ANY_OLD, (-keep,))):
        return 0
    return discard(store, Choice(sql=_OLD, parameters=(-keep, CLEARED_AT_ONCE)))
