"""recorded → gone: ticks of recurring tasks have been kept for long enough."""

from __future__ import annotations

from functools import partial

from django_activejob.adapters.database.store import Store

CLEARED_AT_ONCE = 1000

_IS_ANY_OLD = "SELECT 1 FROM django_activejob_recurringtick WHERE run_at < {later} LIMIT 1"
_OLD = """
    SELECT id FROM django_activejob_recurringtick
    WHERE run_at < {later} ORDER BY run_at, id LIMIT %s {skip}
"""
_DELETE = "DELETE FROM django_activejob_recurringtick WHERE id {among}"


def clear_ticks(store: Store, *, keep: float) -> int:
    """Forgets some of the ticks that were due more than ``keep`` seconds ago; says how many."""
    if store.vendor.single_writer and not store.run(lambda: store.rows(_IS_ANY_OLD, (-keep,))):
        return 0
    return store.atomically(partial(_clear, store, keep))


def _clear(store: Store, keep: float) -> int:
    ids = [id for (id,) in store.rows(_OLD, (-keep, CLEARED_AT_ONCE))]
    return store.change(_DELETE, (ids,)) if ids else 0
