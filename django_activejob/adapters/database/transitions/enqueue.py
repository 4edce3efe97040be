"""scheduled or ready: a job comes in."""

from __future__ import annotations

from django_activejob.adapters.database.parameters import tuples
from django_activejob.adapters.database.rows import Row, row_of
from django_activejob.adapters.database.store import Store
from django_activejob.contracts import Envelope

INSERT = """
    INSERT INTO django_activejob_job
        ({columns}, crashes, process_id, claim_number, error_class, enqueued_at)
    VALUES {values}
    RETURNING id
"""
VALUES = f"({tuples(1, width=Row.WIDTH)[1:-1]}, 0, '', 0, '', {{now}})"


def enqueue(store: Store, envelope: Envelope) -> str:
    """Writes one job, in the caller's transaction if one is open; gives its id.

    Raises:
        EnqueueError: the envelope does not fit the table; nothing was sent to the store.
        AdapterUnavailable: the store cannot be reached.
    """
    parameters = row_of(envelope).parameters(store.vendor)
    [(id,)] = store.run(lambda: store.rows(INSERT, parameters, columns=Row.COLUMNS, values=VALUES))
    return str(id)
