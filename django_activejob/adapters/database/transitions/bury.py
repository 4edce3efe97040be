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
    WHERE state = 'running' AND process_id = %s ORDER BY id {waiting}
"""
_FORGET = "DELETE FROM django_activejob_process WHERE id = %s"
_FORGET_IF_EMPTY = """
    DELETE FROM django_activejob_process
    WHERE id = %s AND NOT EXISTS (
        SELECT 1 FROM django_activejob_job
        WHERE state = 'running' AND process_id = django_activejob_process.id
    )
"""


def bury(store: Store, process_id: str, death: Death) -> list[Buried]:
    """Settles what a dead process held, and forgets it, in one transaction.

    Locks the process, then its jobs by id. Of two that bury the same process, the second
    finds nothing more to do.
    """
    return store.atomically(partial(_bury, store, process_id, death))


def bury_unlocked(store: Store, process_id: str, death: Death) -> list[Buried]:
    """``bury`` for one that may not be dead: leaves what is locked, and the process with it.

    A process that stands still in a transaction keeps its locks, for as long as it likes.
    Who waited for them could not bury others meanwhile; the next round looks again.
    """
    return store.atomically(partial(_bury_unlocked, store, process_id, death))


def _bury(store: Store, process_id: str, death: Death) -> list[Buried]:
    store.rows(_LOCK, (process_id,))
    buried = _settle_held(store, process_id, death, waiting="{lock}")
    store.change(_FORGET, (process_id,))
    return buried


def _bury_unlocked(store: Store, process_id: str, death: Death) -> list[Buried]:
    buried = _settle_held(store, process_id, death, waiting="{skip}")
    store.change(_FORGET_IF_EMPTY, (process_id,))
    return buried


def _settle_held(store: Store, process_id: str, death: Death, *, waiting: str) -> list[Buried]:
    records = store.rows(_HELD, (process_id,), columns=CLAIM_COLUMNS, waiting=waiting)
    return settle_dead(store, [held_of(record, store.vendor) for record in records], death)
