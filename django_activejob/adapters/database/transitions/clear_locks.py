"""unique locks → gone: their time is over."""

from __future__ import annotations

from django_activejob.adapters.database.store import Store

CLEARED_AT_ONCE = 1_000

_EXPIRED = """
    SELECT unique_key FROM django_activejob_uniquelock
    WHERE expires_at <= {now} ORDER BY expires_at LIMIT %s
"""
# Looked at again: another job may have taken the lock in between.
_CLEAR = """
    DELETE FROM django_activejob_uniquelock WHERE unique_key {among} AND expires_at <= {now}
"""


def clear_locks(store: Store) -> int:
    """Drops some of the locks that have expired; says how many."""
    keys = [key for (key,) in store.run(lambda: store.rows(_EXPIRED, (CLEARED_AT_ONCE,)))]
    return store.run(lambda: store.change(_CLEAR, (keys,))) if keys else 0
