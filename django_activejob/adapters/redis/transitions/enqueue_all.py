"""new → ready, scheduled or blocked: many jobs come in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django_activejob.adapters.redis.entries import Entry, entry_of, refusal_of
from django_activejob.adapters.redis.store import Store
from django_activejob.adapters.redis.transitions.enqueue import PIECES
from django_activejob.contracts import Envelope, Receipt
from django_activejob.errors import EnqueueError

AT_ONCE = 500  # jobs in one step, for which the server serves nobody else


def enqueue_all(store: Store, envelopes: Sequence[Envelope]) -> list[Receipt]:
    """Writes many jobs, some hundred in each step; one receipt for each, in the same order.

    Raises:
        AdapterUnavailable: nothing more was written, or nobody knows; earlier steps stay.
    """
    receipts: list[Receipt] = []
    for start in range(0, len(envelopes), AT_ONCE):
        receipts += _enqueue_piece(store, envelopes[start : start + AT_ONCE])
    return receipts


def _enqueue_piece(store: Store, envelopes: Sequence[Envelope]) -> list[Receipt]:
    made = [_entry_or_error(store, envelope) for envelope in envelopes]
    accepted = _written(store, [(each, entry) for each, entry in zip(envelopes, made, strict=True)])
    return list(accepted)


def _written(
    store: Store, made: Sequence[tuple[Envelope, Entry | EnqueueError]]
) -> Iterator[Receipt]:
    asked = [(envelope, entry) for envelope, entry in made if isinstance(entry, Entry)]
    words = [word for _, entry in asked for word in entry.words]
    answers = store.run(*PIECES, with_=words) if words else []
    refused = {
        asked[index][1].id: refusal_of(asked[index][0], reason, number)
        for index, reason, number in answers
    }
    for _, entry in made:
        yield _receipt(entry, refused)


def _receipt(entry: Entry | EnqueueError, refused: dict[str, EnqueueError]) -> Receipt:
    if isinstance(entry, EnqueueError):
        return Receipt(error=entry)
    if entry.id in refused:
        return Receipt(error=refused[entry.id])
    return Receipt(provider_job_id=entry.id)


def _entry_or_error(store: Store, envelope: Envelope) -> Entry | EnqueueError:
    try:
        return entry_of(store, envelope)
    except EnqueueError as error:
        return error
