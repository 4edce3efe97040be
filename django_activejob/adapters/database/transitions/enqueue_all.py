"""scheduled, blocked or ready: many jobs come in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django_activejob.adapters.database.admission import admit_new
from django_activejob.adapters.database.conflicts import Conflicts
from django_activejob.adapters.database.inserting import insert
from django_activejob.adapters.database.parameters import flattened
from django_activejob.adapters.database.rows import Row, row_of
from django_activejob.adapters.database.state import State
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.unique import take_lock
from django_activejob.contracts import Envelope, Receipt
from django_activejob.errors import EnqueueError

ROWS_AT_ONCE = 1000
CHARACTERS_AT_ONCE = 4_000_000  # of payloads: servers refuse statements that are too long

Draft = Row | EnqueueError


def enqueue_all(store: Store, envelopes: Sequence[Envelope]) -> list[Receipt]:
    """Writes many jobs in one transaction, all that are not refused or none; receipts in order.

    Jobs under a limit or a throttle come in blocked, and go on after the commit.

    Raises:
        AdapterUnavailable: the store cannot be reached.
    """
    conflicts = Conflicts(store)
    drafts = [_draft(envelope, conflicts) for envelope in envelopes]
    if any(envelope.unique for envelope in envelopes):
        receipts = store.atomically(lambda: _write_with_locks(store, envelopes, drafts))
    else:
        receipts = _write(store, drafts)
    admit_new(store, _blocked(envelopes, drafts))
    return receipts


def _draft(envelope: Envelope, conflicts: Conflicts) -> Draft:
    try:
        row = row_of(envelope)
        conflicts.refuse(envelope, row.state)
    except EnqueueError as error:
        return error
    return row


def _blocked(envelopes: Sequence[Envelope], drafts: Sequence[Draft]) -> list[Envelope]:
    return [
        envelope
        for envelope, draft in zip(envelopes, drafts, strict=True)
        if isinstance(draft, Row) and draft.state is State.BLOCKED
    ]


def _write_with_locks(
    store: Store, envelopes: Sequence[Envelope], drafts: Sequence[Draft]
) -> list[Receipt]:
    # By key, in every process: so none waits for another that waits for it.
    order = sorted(range(len(drafts)), key=lambda place: _unique_key(envelopes[place]))
    locked = list(drafts)
    for place in order:
        locked[place] = _with_lock(store, envelopes[place], drafts[place])
    return _write(store, locked)


def _unique_key(envelope: Envelope) -> str:
    return envelope.unique.key if envelope.unique else ""


def _with_lock(store: Store, envelope: Envelope, draft: Draft) -> Draft:
    if isinstance(draft, EnqueueError):
        return draft
    try:
        take_lock(store, envelope)
    except EnqueueError as error:
        return error
    return draft


def _write(store: Store, drafts: Sequence[Draft]) -> list[Receipt]:
    rows = [draft for draft in drafts if isinstance(draft, Row)]
    ids = iter(_insert(store, rows) if rows else ())
    return [_receipt(draft, ids) for draft in drafts]


def _receipt(draft: Draft, ids: Iterator[int]) -> Receipt:
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
