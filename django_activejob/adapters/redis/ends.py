"""The ends of claims, as records for the script that writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django_activejob.adapters.redis.claims import fields_in, number_of
from django_activejob.adapters.redis.entries import new_id
from django_activejob.adapters.redis.store import Store, Word
from django_activejob.adapters.redis.wire import failing, writing
from django_activejob.clock import now
from django_activejob.contracts import (
    CANCELLED,
    Claim,
    Envelope,
    ErrorRecord,
    Execution,
    Outcome,
    Settlement,
)
from django_activejob.errors import EnqueueError

_FINISHING = (Outcome.PERFORMED, Outcome.DISCARDED)
_NOTHING = ErrorRecord(class_name="", message="")


def words_of(
    store: Store, settlements: Sequence[Settlement], texts: Mapping[str, bytes]
) -> list[Word]:
    """What ``settle.lua`` is told of these ends.

    Args:
        texts: the exact strings of the claims, by token.

    What is given back comes last, the latest first, for each goes to the head of its queue.
    """
    released = sorted(
        (each.claim.token for each in settlements if each.execution is None),
        key=number_of,
        reverse=True,
    )
    words = [
        word
        for each in settlements
        if each.execution is not None
        for word in _ended(store, each.claim, each.execution, texts.get(each.claim.token))
    ]
    return words + [word for token in released for word in ("r", token)]


def permit_id(envelope: Envelope) -> str:
    """By which id a job holds its permit: its own of this store, if it has one."""
    return envelope.payload["provider_job_id"] or envelope.payload["job_id"]


def freed(envelope: Envelope | None, *, successor: str | None = None) -> Iterator[Word]:
    """The records by which a job gives up what it holds.

    Args:
        successor: the id of the retry that goes on in its place, and which keeps the lock; empty
            when the retry has to wait for a permit of its own. None when there is no retry.
    """
    if envelope is None:
        return
    if envelope.limit is not None:
        yield from ("p", envelope.limit.key, permit_id(envelope), successor or "")
    if successor is None and envelope.unique is not None and envelope.unique.until != "expiry":
        yield from ("u", envelope.unique.key, envelope.payload["job_id"])


def _ended(store: Store, claim: Claim, execution: Execution, text: bytes | None) -> Iterator[Word]:
    # As in Sidekiq, which sees no error where the class retries or discards.
    if execution.outcome is Outcome.FAILED:
        yield "e"
    error = execution.error or _NOTHING
    if execution.outcome is Outcome.DISCARDED and error.class_name == CANCELLED:
        yield from cancelled(store, claim, error, text)
    elif execution.outcome in _FINISHING:
        yield from (*freed(claim.envelope), "f", claim.token)
    elif execution.retry is not None:
        yield from _retried(store, claim, execution, execution.retry, text)
    else:
        yield from _failed(store, claim, error, text)


def cancelled(store: Store, claim: Claim, error: ErrorRecord, text: bytes | None) -> Iterator[Word]:
    """The records for the end of a cancelled job: among the dead, where people find it."""
    yield from freed(claim.envelope)
    fields = fields_in(text) if text is not None else None
    if fields is None:
        yield from ("b", claim.token)
        return
    fate = failing.dead(fields, error, at=now().timestamp(), dialect=store.dialect)
    yield from ("d", claim.token, fate.text) if fate.kind == "dead" else ("f", claim.token)


def _failed(store: Store, claim: Claim, error: ErrorRecord, text: bytes | None) -> Iterator[Word]:
    fields = fields_in(text) if text is not None else None
    if fields is None:
        yield from (*freed(claim.envelope), "b", claim.token)
        return
    fate = failing.fate_of(fields, error, at=now().timestamp(), dialect=store.dialect)
    if fate.kind == "retry":
        yield from freed(claim.envelope, successor="")
        yield from ("t", claim.token, fate.score, fate.text)
        return
    yield from freed(claim.envelope)
    yield from ("d", claim.token, fate.text) if fate.kind == "dead" else ("f", claim.token)


def _retried(
    store: Store, claim: Claim, execution: Execution, retry: Envelope, text: bytes | None
) -> Sequence[Word]:
    try:
        return _successor(store, claim, retry, execution.error)
    except (EnqueueError, TypeError, ValueError) as refusal:
        # A retry that cannot be written fails its job; raised, it would hold up all others.
        told = ErrorRecord(class_name=_dotted_name(type(refusal)), message=str(refusal))
        return [*_failed(store, claim, execution.error or told, text)]


def _successor(
    store: Store, claim: Claim, retry: Envelope, error: ErrorRecord | None
) -> Sequence[Word]:
    id, present = new_id(), now()
    at, dialect = present.timestamp(), store.dialect
    waits = retry.scheduled_at is not None and retry.scheduled_at > present
    fields = writing.fields_of(
        retry,
        jid=id,
        at=at,
        dialect=dialect,
        crashes=claim.crashes,
        last_error=None if waits else error,
    )
    words = [*freed(claim.envelope, successor="" if waits else id)]
    if not waits:
        return [*words, "q", claim.token, retry.queue_name, writing.ready(fields)]
    if error is None:
        return [*words, "s", claim.token, writing.score_of(retry), writing.scheduled(fields)]
    told = failing.retried(fields, error, at=at, dialect=dialect)
    return [*words, "t", claim.token, writing.score_of(retry), told]


def _dotted_name(kind: type[Exception]) -> str:
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
