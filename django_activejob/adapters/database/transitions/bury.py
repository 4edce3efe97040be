"""running → ready, scheduled or failed: a process has died."""

from __future__ import annotations

from functools import partial

from django_activejob.adapters.database.fates import Death, settle_dead
from django_activejob.adapters.database.rows import CLAIM_COLUMNS, held_of
from django_activejob.adapters.database.store import Store
from django_activejob.contracts import Buried

_LOCK = "SELECT id FROM django_activejob_process WHERE id = %s {lock}"
_HELD = """
    SELECT {columns} FROM django_activejob_job
    WHERE state = 'running' AND process_id = %s ORDER BY id {lock}
"""
_FORGET = "DELETE FROM django_activejob_process WHERE id = %s"


def bury(store: Store, process_id: str, death: Death) -> list[Buried]:
    """Settles what a dead process held, and forgets it, in one transaction.

    Locks the process, then its jobs by id. Of two that bury the same process, the second
    finds nothing more to do.
    """
    return store.atomically(partial(_bury, store, process_id, death))


def _bury(store: Store, process_id: str, death: Death) -> list[Buried]:
    store.rows(_LOCK, (process_id,))
    records = store.rows(_HELD, (process_id,), columns=CLAIM_COLUMNS)
    held = [held_of(record, store.vendor) for record in records]
    buried = settle_dead(store, held, death)
    store.change(_FORGET, (process_id,))
    return buried
