"""scheduled, blocked or ready: a job comes in."""

from __future__ import annotations

from functools import partial

from django_activejob.adapters.database.admission import admit_new
from django_activejob.adapters.database.conflicts import Conflicts
from django_activejob.adapters.database.inserting import insert
from django_activejob.adapters.database.rows import Row, row_of
from django_activejob.adapters.database.state import State
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.unique import take_lock
from django_activejob.contracts import Envelope


def enqueue(store: Store, envelope: Envelope) -> str:
    """Writes one job, in the caller's transaction if one is open; gives its id.

    A job under a limit or a throttle comes in blocked, and goes on after the commit.

    Raises:
        ConcurrencyConflict, DuplicateJob: its limit, or its unique lock, refuses it.
        EnqueueError: the envelope does not fit the table; nothing was sent to the store.
        AdapterUnavailable: the store cannot be reached.
    """
    row = row_of(envelope)
    if envelope.limit is not None:
        Conflicts(store).refuse(envelope, row.state)
    if envelope.unique is None:
        id = store.run(partial(_insert, store, row))
    else:
        id = store.atomically(partial(_insert_with_lock, store, envelope, row))
    if row.state is State.BLOCKED:
        admit_new(store, [envelope])
    return id


def _insert(store: Store, row: Row) -> str:
    [id] = insert(store, [row])
    return str(id)


def _insert_with_lock(store: Store, envelope: Envelope, row: Row) -> str:
    take_lock(store, envelope)
    return _insert(store, row)
