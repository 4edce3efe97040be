"""running → finished: cancelled jobs end that would otherwise run again."""

from __future__ import annotations

from collections.abc import Sequence

from django_activejob.adapters.database.admission import admit_next
from django_activejob.adapters.database.attempts import Attempt, number_of, remember
from django_activejob.adapters.database.rows import CLAIM_COLUMNS, Held, held_of, label
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.text import bounded_error
from django_activejob.adapters.database.unique import free_ended
from django_activejob.contracts import ErrorRecord, Outcome, cancellation

_CANCELLED = """
    SELECT {columns} FROM django_activejob_job
    WHERE state = 'running' AND process_id = %s AND cancel_asked_at IS NOT NULL
    ORDER BY id {lock}
"""
_FINISH = """
    UPDATE django_activejob_job
    SET state = 'finished', process_id = '', finished_at = {now}, executions = executions + 1,
        cancel_asked_at = NULL
    WHERE id {among}
"""


def cancel(store: Store, held: Sequence[Held], *, instead_of: str) -> list[ErrorRecord]:
    """Discards jobs whose rows the caller has locked, and gives their errors.

    Their permits and their locks are free. The errors are kept as attempts.

    Args:
        instead_of: what has happened to their claims, as the end of a sentence.
    """
    errors = [_error(each, instead_of) for each in held]
    remember(store, [_attempt(*pair) for pair in zip(held, errors, strict=True)])
    if held:
        store.change(_FINISH, ([each.id for each in held],))
    envelopes = [each.claim.envelope for each in held]
    free_ended(store, envelopes)
    admit_next(store, [each.limit.key for each in envelopes if each and each.limit])
    return errors


def cancel_all_of(
    store: Store, process_id: str, *, instead_of: str, tokens: Sequence[str] | None = None
) -> None:
    """Discards the cancelled jobs of a process, in the caller's transaction.

    Args:
        tokens: of the claims that are meant; None means all.
    """
    records = store.rows(_CANCELLED, (process_id,), columns=CLAIM_COLUMNS)
    held = [held_of(record, store.vendor) for record in records]
    meant = [each for each in held if tokens is None or each.claim.token in tokens]
    cancel(store, meant, instead_of=instead_of)


def _error(held: Held, instead_of: str) -> ErrorRecord:
    envelope = held.claim.envelope
    name = label(envelope.payload) if envelope else f"The unreadable job {held.id}"
    return bounded_error(cancellation(name, instead_of=instead_of))


def _attempt(held: Held, error: ErrorRecord) -> Attempt:
    return Attempt(
        row_id=held.id,
        number=number_of(held.claim.envelope),
        outcome=Outcome.DISCARDED.value,
        process_id=held.process_id,
        started_at=held.claimed_at,
        error=error,
    )
