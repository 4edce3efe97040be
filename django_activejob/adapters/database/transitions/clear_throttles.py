"""throttles → gone: their windows are over, and nobody waits."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django_activejob.adapters.database.store import Record, Store

UNUSED_FOR = 3_600.0  # seconds
CLEARED_AT_ONCE = 1_000

_OLD = """
    SELECT throttle_key, per, window_at, {now} FROM django_activejob_throttle
    WHERE used_at < {later} AND opens_at IS NULL AND throttle_key > %s
    ORDER BY throttle_key LIMIT %s
"""
# Looked at again: the key may have been used in between.
_CLEAR = """
    DELETE FROM django_activejob_throttle
    WHERE throttle_key {among} AND used_at < {later} AND opens_at IS NULL
"""


def clear_throttles(store: Store) -> int:
    """Drops the throttles that nobody needs; says how many. The next use makes them anew."""
    last, cleared = "", 0
    while True:
        asked = (-UNUSED_FOR, last, CLEARED_AT_ONCE)
        old = store.run(partial(store.rows, _OLD, asked))
        keys = [record[0] for record in old if _is_over(store, record)]
        if keys:
            cleared += store.run(partial(store.change, _CLEAR, (keys, -UNUSED_FOR)))
        if len(old) < CLEARED_AT_ONCE:
            return cleared
        last = old[-1][0]


def _is_over(store: Store, record: Record) -> bool:
    _key, per, began, present = record
    began_at, now = store.vendor.read_time(began), store.vendor.read_time(present)
    return began_at is None or now is None or now >= began_at + timedelta(seconds=per)
