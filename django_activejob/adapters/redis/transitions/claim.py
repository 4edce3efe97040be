"""ready → running: a process takes jobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django_activejob.adapters.redis.claims import claim_of
from django_activejob.adapters.redis.ends import permit_id
from django_activejob.adapters.redis.store import Store, Word
from django_activejob.contracts import Claim
from django_activejob.errors import ProcessPruned

_CLAIM = ("frames", "time", "claim")
_BEGIN = ("memory", "frames", "time", "queues", "permits", "locks", "begin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A claim, and the exact string that it stands for."""

    claim: Claim
    text: bytes


def claim(store: Store, process_id: str, queues: Sequence[str], *, limit: int) -> list[Taken]:
    """Takes ready jobs, in order, queue by queue until there are ``limit``.

    In one step they leave their queues and are held by the process; so none is lost whose
    way to us is cut. What needs a permit, and gets none, then waits in line for it.

    Raises:
        ProcessPruned: the process is not registered.
        AdapterUnavailable: nothing was taken, or nobody knows; upkeep gives it back then.
    """
    while taken := _take(store, process_id, queues, limit):
        if begun := _begun(store, process_id, taken):
            return begun
    return []


def _take(store: Store, process_id: str, queues: Sequence[str], limit: int) -> list[Taken]:
    answer = store.run(*_CLAIM, with_=(process_id, limit, *queues))
    if answer is None:
        raise ProcessPruned(f"Process {process_id} is not registered (any more).")
    return [
        Taken(claim=claim_of(token.decode(), text, dialect=store.dialect), text=text)
        for token, text in zip(answer[::2], answer[1::2], strict=True)
    ]


def _begun(store: Store, process_id: str, taken: list[Taken]) -> list[Taken]:
    words = [word for each in taken for word in _looks(each.claim)]
    if not words:
        return taken
    blocked = {token.decode() for token in store.run(*_BEGIN, with_=(process_id, *words))}
    return [each for each in taken if each.claim.token not in blocked]


def _looks(claim: Claim) -> Iterator[Word]:
    envelope = claim.envelope
    if envelope is None:
        return
    if envelope.limit is not None:
        limit = envelope.limit
        yield from ("l", claim.token, limit.key, limit.to, limit.duration, permit_id(envelope))
    if envelope.unique is not None and envelope.unique.until == "start":
        yield from ("u", envelope.unique.key, envelope.payload["job_id"])
