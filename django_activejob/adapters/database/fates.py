"""What becomes of the jobs that a dead process held."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django_activejob.adapters.database.admission import admit_next
from django_activejob.adapters.database.attempts import Attempt, number_of, remember
from django_activejob.adapters.database.listening import notify
from django_activejob.adapters.database.rows import Held
from django_activejob.adapters.database.starts import Start, give_back, start_of
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.text import bounded_error
from django_activejob.adapters.database.transitions.cancel import cancel
from django_activejob.adapters.database.transitions.release import RELEASED
from django_activejob.adapters.database.unique import free_ended
from django_activejob.contracts import Buried, ErrorRecord

MOST_DEATHS = 3
LONGEST_PAUSE = 10.0  # seconds after the first death; three times as long after the second

_RELEASE = "UPDATE django_activejob_job SET {released} WHERE id = %s"
_RETRY_LATER = """
    UPDATE django_activejob_job
    SET state = 'scheduled', process_id = '', claimed_at = NULL, scheduled_at = {later},
        crashes = crashes + 1, executions = executions + 1, error_class = %s
    WHERE id = %s
"""
_FAIL = """
    UPDATE django_activejob_job
    SET state = 'failed', process_id = '', failed_at = {now}, cancel_asked_at = NULL,
        crashes = crashes + 1, executions = executions + 1, error_class = %s
    WHERE id = %s
"""

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


def settle_dead(store: Store, held: Sequence[Held], death: Death) -> list[Buried]:
    """Settles what a dead process held; the caller has locked the rows.

    What had not started is released, the death not counted. What had started fails when its
    ``on_crash`` says so, or at its third death; else it comes back after a random pause that
    grows with each death, so that a job that kills and its neighbors part. A cancelled job does
    not come back.
    """
    buried = [_settle(store, each, death) for each in held]
    free_ended(store, [each.envelope for each in buried if each.fate == "failed"])
    admit_next(store, _freed_keys(buried))
    give_back(store, _unused_starts(held, death))
    if any(each.fate == "released" for each in buried):
        notify(store)
    return buried


def _settle(store: Store, held: Held, death: Death) -> Buried:
    if held.is_cancelled and not _fails(held, death):
        return _cancel(store, held, death)
    return _settle_crash(store, held, death) if _has_begun(held, death) else _release(store, held)


def _has_begun(held: Held, death: Death) -> bool:
    return death.started is None or held.claim.token in death.started


def _fails(held: Held, death: Death) -> bool:
    return _has_begun(held, death) and _is_final(held, held.claim.crashes + 1)


def _unused_starts(held: Sequence[Held], death: Death) -> list[Start]:
    starts = [start_of(each) for each in held if not _has_begun(each, death)]
    return [start for start in starts if start is not None]


def _freed_keys(buried: Sequence[Buried]) -> list[str]:
    # What is released stays ready, and keeps its permit; what is cancelled has given it up.
    return [
        each.envelope.limit.key
        for each in buried
        if each.fate in ("retried", "failed") and each.envelope and each.envelope.limit
    ]


def _release(store: Store, held: Held) -> Buried:
    store.change(_RELEASE, (held.id,), released=RELEASED)
    return Buried(token=held.claim.token, envelope=held.claim.envelope, fate="released")


def _cancel(store: Store, held: Held, death: Death) -> Buried:
    [error] = cancel(store, [held], instead_of=f"its process has died: {death.reason}")
    claim = held.claim
    return Buried(token=claim.token, envelope=claim.envelope, fate="cancelled", error=error)


def _settle_crash(store: Store, held: Held, death: Death) -> Buried:
    claim, deaths = held.claim, held.claim.crashes + 1
    error = bounded_error(_error(held, death, deaths))
    remember(store, [_attempt(held, error)])
    if _is_final(held, deaths):
        store.change(_FAIL, (error.class_name, held.id))
        return Buried(token=claim.token, envelope=claim.envelope, fate="failed", error=error)
    pause = _random.uniform(0, LONGEST_PAUSE) * 3 ** (deaths - 1)
    store.change(_RETRY_LATER, (pause, error.class_name, held.id))
    return Buried(token=claim.token, envelope=claim.envelope, fate="retried")


def _is_final(held: Held, deaths: int) -> bool:
    envelope = held.claim.envelope
    return deaths >= MOST_DEATHS or (envelope is not None and envelope.on_crash == "fail")


def _error(held: Held, death: Death, deaths: int) -> ErrorRecord:
    if held.claim.token in death.overdue:
        return ErrorRecord(
            class_name="django_activejob.errors.JobTimeout",
            message=f"{_label(held)}: it did not end within its time limit, and its process had "
            f"to end with it. {_advice(held, deaths)}",
        )
    return ErrorRecord(
        class_name="django_activejob.errors.ProcessCrashed",
        message=f"{_label(held)}: the process that ran it died: {death.reason}. "
        f"{_advice(held, deaths)}",
    )


def _advice(held: Held, deaths: int) -> str:
    if deaths >= MOST_DEATHS:
        return f"It has died with {deaths} processes; find out why before you retry it."
    if _is_final(held, deaths):
        return 'Its class says on_crash = "fail"; see what it has done before you retry it.'
    return "It runs again after a pause."


def _label(held: Held) -> str:
    if held.claim.envelope is None:
        return f"The unreadable job with provider_job_id {held.id}"
    payload = held.claim.envelope.payload
    return f"{payload['job_class']} ({payload['job_id']})"


def _attempt(held: Held, error: ErrorRecord) -> Attempt:
    return Attempt(
        row_id=held.id,
        number=number_of(held.claim.envelope),
        outcome="crashed",
        process_id=held.process_id,
        started_at=held.claimed_at,
        error=error,
    )
