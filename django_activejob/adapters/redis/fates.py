"""What becomes of the jobs that a dead process held."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from django_activejob.adapters.redis.claims import claim_of, fields_in, number_of
from django_activejob.adapters.redis.ends import freed
from django_activejob.adapters.redis.entries import label
from django_activejob.adapters.redis.store import Store, Word
from django_activejob.adapters.redis.wire import failing
from django_activejob.clock import now
from django_activejob.contracts import Buried, Claim, ErrorRecord

MOST_DEATHS: Final = 3
LONGEST_PAUSE: Final = 10.0  # seconds after the first death; three times as long after the second

# Fork-safe: every process that comes of a fork draws other numbers.
_random = random.SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """How a process died.

    ``reason`` is for people. ``started`` has the tokens of the jobs that had begun; None when
    nobody knows, then all count. For ``overdue`` ones, over their time limit, it had to die.
    """

    reason: str
    started: Collection[str] | None
    overdue: Collection[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of a claim, and the record that writes it."""

    buried: Buried
    words: Sequence[Word]


def fates_of(store: Store, held: Sequence[tuple[str, bytes]], death: Death) -> list[Settled]:
    """What becomes of what a dead process held, given as tokens with their exact strings.

    What had not started is released, the death not counted. What had started fails when its
    ``on_crash`` says so, or at its third death; else it comes back after a random pause that
    grows with each death, so that a job that kills and its neighbors part. What is released
    comes last, the latest first, for each goes to the head of its queue.
    """
    counted, released = [], []
    for token, text in sorted(held, key=lambda each: number_of(each[0]), reverse=True):
        claim = claim_of(token, text, dialect=store.dialect)
        if death.started is not None and token not in death.started:
            released.append(_released(claim))
        else:
            counted.append(_counted(store, claim, text, death))
    return counted + released


def _released(claim: Claim) -> Settled:
    buried = Buried(token=claim.token, envelope=claim.envelope, fate="released")
    return Settled(buried=buried, words=("r", claim.token))


def _counted(store: Store, claim: Claim, text: bytes, death: Death) -> Settled:
    deaths = claim.crashes + 1
    error = _error(claim, death, deaths)
    if _is_final(claim, deaths):
        return _failed(store, claim, text, error)
    fields = fields_in(text)
    if fields is None:
        return _failed(store, claim, text, error)
    at = now().timestamp()
    back = failing.crashed(fields, error, crashes=deaths, at=at, dialect=store.dialect)
    due = at + _random.uniform(0, LONGEST_PAUSE) * 3 ** (deaths - 1)
    words = ["e", *freed(claim.envelope, successor=""), "t", claim.token, due, back]
    buried = Buried(token=claim.token, envelope=claim.envelope, fate="retried")
    return Settled(buried=buried, words=words)


def _failed(store: Store, claim: Claim, text: bytes, error: ErrorRecord) -> Settled:
    fields = fields_in(text)
    words: list[Word] = ["e", *freed(claim.envelope)]
    if fields is None:
        words += ["b", claim.token]
    else:
        at = now().timestamp()
        fate = failing.dead(fields, error, at=at, dialect=store.dialect)
        words += ["d", claim.token, fate.text] if fate.kind == "dead" else ["f", claim.token]
    buried = Buried(token=claim.token, envelope=claim.envelope, fate="failed", error=error)
    return Settled(buried=buried, words=words)


def _is_final(claim: Claim, deaths: int) -> bool:
    envelope = claim.envelope
    return deaths >= MOST_DEATHS or (envelope is not None and envelope.on_crash == "fail")


def _error(claim: Claim, death: Death, deaths: int) -> ErrorRecord:
    advice = _advice(claim, deaths)
    if claim.token in death.overdue:
        return ErrorRecord(
            class_name="django_activejob.errors.JobTimeout",
            message=f"{_label(claim)}: it did not end within its time limit, and its process had "
            f"to end with it. {advice}",
        )
    return ErrorRecord(
        class_name="django_activejob.errors.ProcessCrashed",
        message=f"{_label(claim)}: the process that ran it died: {death.reason}. {advice}",
    )


def _advice(claim: Claim, deaths: int) -> str:
    if deaths >= MOST_DEATHS:
        return f"It has died with {deaths} processes; find out why before you retry it."
    if _is_final(claim, deaths):
        return 'Its class says on_crash = "fail"; see what it has done before you retry it.'
    return "It runs again after a pause."


def _label(claim: Claim) -> str:
    return "An unreadable job" if claim.envelope is None else label(claim.envelope.payload)
