"""scheduled or ready: many jobs come in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django_activejob.adapters.database.inserting import insert
from django_activejob.adapters.database.parameters import flattened
from django_activejob.adapters.database.rows import Row, row_of
from django_activejob.adapters.database.store import Store
from django_activejob.contracts import Envelope, Receipt
from django_activejob.errors import EnqueueError

ROWS_AT_ONCE = 1000
CHARACTERS_AT_ONCE = 4_000_000  # of payloads: servers refuse statements that are too long


def enqueue_all(store: Store, envelopes: Sequence[Envelope]) -> list[Receipt]:
    """Writes many jobs in one transaction, all that fit the table or none; receipts in order.

    Raises:
        AdapterUnavailable: the store cannot be reached.
    """
    drafts = [_draft(envelope) for envelope in envelopes]
    rows = [draft for draft in drafts if isinstance(draft, Row)]
    ids = iter(_insert(store, rows) if rows else ())
    return [_receipt(draft, ids) for draft in drafts]


def _draft(envelope: Envelope) -> Row | EnqueueError:
    try:
        return row_of(envelope)
    except EnqueueError as error:
        return error


def _receipt(draft: Row | EnqueueError, ids: Iterator[int]) -> Receipt:
    if isinstance(draft, EnqueueError):
        return Receipt(error=draft)
    return Receipt(provider_job_id=str(next(ids)))


def _insert(store: Store, rows: Sequence[Row]) -> list[int]:
    chunks = list(_chunks(rows, size=_chunk_size(store)))
    if len(chunks) == 1:
        return store.run(lambda: insert(store, rows))
    return store.atomically(lambda: flattened([insert(store, chunk) for chunk in chunks]))


def _chunk_size(store: Store) -> int:
    most = store.connection.features.max_query_params
    return min(ROWS_AT_ONCE, most // Row.WIDTH) if most else ROWS_AT_ONCE


def _chunks(rows: Sequence[Row], *, size: int) -> Iterator[Sequence[Row]]:
    chunk: list[Row] = []
    characters = 0
    for row in rows:
        if chunk and (len(chunk) >= size or characters + len(row.payload) > CHARACTERS_AT_ONCE):
            yield chunk
            chunk, characters = [], 0
        chunk.append(row)
        characters += len(row.payload)
    yield chunk
