"""running → ready, scheduled or failed: processes are silent, or are not there at all."""

from __future__ import annotations

from functools import partial

from django_activejob.adapters.database.fates import Death, settle_dead
from django_activejob.adapters.database.rows import CLAIM_COLUMNS, held_of
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions.bury import bury_unlocked
from django_activejob.contracts import Buried

ORPHANS_AT_ONCE = 500

_SILENT = "SELECT id FROM django_activejob_process WHERE beat_at < {later} ORDER BY id"
_LOCK_SILENT = """
    SELECT id FROM django_activejob_process WHERE id = %s AND beat_at < {later} {skip}
"""
_ORPHANS = """
    SELECT {columns} FROM django_activejob_job
    WHERE state = 'running' AND NOT EXISTS (
        SELECT 1 FROM django_activejob_process AS process
        WHERE process.id = django_activejob_job.process_id
    )
    ORDER BY id LIMIT %s {skip}
"""


def prune(store: Store, *, silent_for: float) -> list[Buried]:
    """Buries the silent, then settles claims whose process has no record.

    Args:
        silent_for: the seconds without a beat after which a process counts as dead.

    Silence is measured by the store's clock. What another maintainer is burying is passed over.
    """
    silent = store.run(lambda: store.rows(_SILENT, (-silent_for,)))
    buried: list[Buried] = []
    for (process_id,) in silent:
        buried += store.atomically(partial(_bury_silent, store, process_id, silent_for))
    return buried + _settle_orphans(store)


def _bury_silent(store: Store, process_id: str, silent_for: float) -> list[Buried]:
    if not store.rows(_LOCK_SILENT, (process_id, -silent_for)):
        return []
    reason = f"it was silent for more than {silent_for:g} seconds"
    return bury_unlocked(store, process_id, Death(reason=reason, started=None))


def _settle_orphans(store: Store) -> list[Buried]:
    if store.vendor.single_writer and not store.run(lambda: _orphans(store, limit=1)):
        return []
    return store.atomically(
        lambda: settle_dead(
            store,
            [held_of(record, store.vendor) for record in _orphans(store, limit=ORPHANS_AT_ONCE)],
            Death(reason="it is not registered (any more)", started=None),
        )
    )


def _orphans(store: Store, *, limit: int) -> list[tuple[object, ...]]:
    return store.rows(_ORPHANS, (limit,), columns=CLAIM_COLUMNS)
