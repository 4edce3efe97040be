"""kept → gone: minutes are kept for a day, for their hour has their sum; hours for a month."""

from __future__ import annotations

from functools import partial
from typing import Final

from django_activejob import clock
from django_activejob.adapters.database.store import Store
from django_activejob.contracts.tallies import HOUR, MINUTE

CLEARED_AT_ONCE: Final = 1000
KEEP_MINUTES: Final = 24 * 3600.0  # seconds
KEEP_HOURS: Final = 30 * 24 * 3600.0  # seconds

_TABLES: Final = ("django_activejob_tally", "django_activejob_failuretally")
_OLD = """
    SELECT id FROM {table} WHERE span = %s AND began < %s
    ORDER BY began, id LIMIT %s {skip}
"""
_DELETE = "DELETE FROM {table} WHERE id {among}"


def clear_tallies(store: Store) -> int:
    """Forgets some of what has been kept for long enough; says how many rows."""
    present = int(clock.now().timestamp())
    ends = {MINUTE: present - KEEP_MINUTES, HOUR: present - KEEP_HOURS}
    return sum(
        _clear(store, table, span=span, end=int(end))
        for table in _TABLES
        for span, end in ends.items()
    )


def _clear(store: Store, table: str, *, span: int, end: int) -> int:
    parameters = (span, end, CLEARED_AT_ONCE)
    # Looked at before a transaction locks the whole store for nothing.
    if store.vendor.single_writer and not store.run(partial(_old, store, table, parameters)):
        return 0
    return store.atomically(partial(_delete, store, table, parameters))


def _old(store: Store, table: str, parameters: tuple[int, ...]) -> list[int]:
    return [id for (id,) in store.rows(_OLD, parameters, table=table)]


def _delete(store: Store, table: str, parameters: tuple[int, ...]) -> int:
    ids = _old(store, table, parameters)
    return store.change(_DELETE, (ids,), table=table) if ids else 0
