"""scheduled or ready: a job comes in."""

from __future__ import annotations

from django_activejob.adapters.database.inserting import insert
from django_activejob.adapters.database.rows import row_of
from django_activejob.adapters.database.store import Store
from django_activejob.contracts import Envelope


def enqueue(store: Store, envelope: Envelope) -> str:
    """Writes one job, in the caller's transaction if one is open; gives its id.

    Raises:
        EnqueueError: the envelope does not fit the table; nothing was sent to the store.
        AdapterUnavailable: the store cannot be reached.
    """
    row = row_of(envelope)
    [id] = store.run(lambda: insert(store, [row]))
    return str(id)
