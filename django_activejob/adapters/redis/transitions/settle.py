"""running → wherever its execution leads: many claims come to their ends, all or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django_activejob.adapters.redis.claims import claim_of, number_of
from django_activejob.adapters.redis.ends import cancelled, words_of
from django_activejob.adapters.redis.entries import label
from django_activejob.adapters.redis.frames import unframed
from django_activejob.adapters.redis.store import Store, Word
from django_activejob.clock import now
from django_activejob.contracts import Claim, ErrorRecord, Settlement, cancellation

_PIECES = ("frames", "time", "queues", "permits", "locks", "settle")


def settle(
    store: Store,
    process_id: str,
    settlements: Sequence[Settlement],
    *,
    texts: Mapping[str, bytes],
) -> list[str]:
    """Writes the ends of claims in one step; gives the tokens that are no longer ours.

    What another process has settled meanwhile is left as it is; to settle twice is therefore
    safe.

    Args:
        texts: the exact strings of the claims, by token; those that fail need them.

    Raises:
        AdapterUnavailable: nothing was written, or nobody knows.
    """
    words = words_of(store, settlements, texts)
    ways = {each.claim.token: _way_of(each) for each in settlements}
    return write_ends(store, process_id, words, instead_of=ways.__getitem__).lost


def release(store: Store, process_id: str, tokens: Sequence[str], *, why: str) -> None:
    """Gives claims back, the latest first, for each goes to the head of its queue.

    Args:
        why: what is said of those that an operator has cancelled, as the end of a sentence.
    """
    ordered = sorted(tokens, key=number_of, reverse=True)
    words = [word for token in ordered for word in ("r", token)]
    write_ends(store, process_id, words, instead_of=lambda token: why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The tokens whose claims were lost, and the errors of cancelled jobs, by token."""

    lost: list[str]
    cancelled: Mapping[str, ErrorRecord]


def write_ends(
    store: Store, process_id: str, words: Sequence[Word], *, instead_of: Callable[[str], str]
) -> Written:
    """Writes ends that are records already, for a process that is alive or dead.

    What is cancelled and was to run again goes among the dead, in a second step, for its
    string is made here. Whoever dies in between leaves it held, and still cancelled.

    Args:
        instead_of: what has happened to a claim, by its token, as the end of a sentence.
    """
    if not words:
        return Written(lost=[], cancelled={})
    lost, kept = _write(store, process_id, words)
    errors: dict[str, ErrorRecord] = {}
    again: list[Word] = []
    for token, frame in zip(kept[::2], kept[1::2], strict=True):
        text = unframed(frame)[1]
        claim = claim_of(token.decode(), text, dialect=store.dialect)
        error = cancellation(_label(claim), instead_of=instead_of(claim.token))
        errors[claim.token] = error
        again += cancelled(store, claim, error, text)
    if again:
        lost += _write(store, process_id, again)[0]
    return Written(lost=[token.decode() for token in lost], cancelled=errors)


def _write(
    store: Store, process_id: str, words: Sequence[Word]
) -> tuple[list[bytes], Sequence[bytes]]:
    today = now().date().isoformat()
    kept = (store.bounds.most_dead, store.bounds.keep_dead)
    lost, cancelled = store.run(*_PIECES, with_=(process_id, today, *kept, *words))
    return lost, cancelled


def _way_of(settlement: Settlement) -> str:
    execution = settlement.execution
    if execution is None:
        return "its process gave it back"
    reason = execution.error.class_name if execution.error else "it was interrupted"
    return f"it was to, after {reason}"


def _label(claim: Claim) -> str:
    return label(claim.envelope.payload) if claim.envelope else "An unreadable job"
