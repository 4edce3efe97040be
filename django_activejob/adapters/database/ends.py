"""The ends of claims, made ready to be written."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from django_activejob.adapters.database.attempts import NOTHING, Attempt, number_of
from django_activejob.adapters.database.fence import Hold, hold_of
from django_activejob.adapters.database.rows import Row, label, row_of
from django_activejob.adapters.database.state import State
from django_activejob.adapters.database.text import bounded_error
from django_activejob.clock import now
from django_activejob.contracts import (
    Claim,
    Envelope,
    ErrorRecord,
    Execution,
    Outcome,
    Settlement,
    cancellation,
)
from django_activejob.errors import EnqueueError

_FINISHING = (Outcome.PERFORMED, Outcome.DISCARDED)
_REMEMBERED = (Outcome.RETRIED, Outcome.DISCARDED, Outcome.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The end of one claim; ``row`` is what a retry puts in its place."""

    hold: Hold
    claim: Claim
    execution: Execution | None
    row: Row | None = None

    @property
    def outcome(self) -> Outcome | None:
        """How the execution ended; None when the claim is given back."""
        return self.execution.outcome if self.execution else None

    @property
    def error(self) -> ErrorRecord:
        """The error of the execution, with texts that can be stored; maybe the empty one."""
        return (self.execution.error if self.execution else None) or NOTHING

    @property
    def finishes(self) -> bool:
        """Whether the job is done with, and did not fail."""
        return self.outcome in _FINISHING

    @property
    def is_final(self) -> bool:
        """Whether the job does not run again."""
        return self.execution is not None and self.row is None

    @property
    def retries_at_once(self) -> bool:
        """Whether the job runs again, and is due."""
        return self.row is not None and self.row.state is State.READY

    @property
    def merely_finishes(self) -> bool:
        """Whether there is nothing more to do than to finish the job."""
        is_unique = self.claim.envelope is not None and self.claim.envelope.unique is not None
        return self.finishes and not self.is_remembered and not is_unique

    def as_cancelled(self) -> End:
        """What comes of it when an operator has cancelled the job: one that would run again ends.

        What the execution says is kept, if it says that it is the last one.
        """
        if self.is_final:
            return self
        if self.execution is None:
            execution = Execution(outcome=Outcome.DISCARDED, started_at=now(), seconds=0.0)
            instead_of = "its process gave it back"
        else:
            execution = replace(self.execution, outcome=Outcome.DISCARDED, retry=None)
            instead_of = f"it was to, after {self.error.class_name or 'it was interrupted'}"
        error = replace(
            cancellation(_label(self.claim), instead_of=instead_of), traceback=self.error.traceback
        )
        return replace(self, row=None, execution=_bounded(replace(execution, error=error)))

    @property
    def freed_key(self) -> str:
        """The key of the limit whose permit the job gives back; empty when it keeps it."""
        envelope = self.claim.envelope
        if envelope is None or envelope.limit is None or self.execution is None:
            return ""
        return "" if self.retries_at_once else envelope.limit.key

    @property
    def is_remembered(self) -> bool:
        """Whether the execution becomes an attempt."""
        if self.outcome is Outcome.PERFORMED:
            return self.claim.envelope is not None and self.claim.envelope.keep_result
        return self.outcome in _REMEMBERED or self.error is not NOTHING


def is_plain(settlement: Settlement) -> bool:
    """Whether a job was performed, and to write so is all that there is to do.

    Nearly all are, so this is asked before anything is made of them.
    """
    execution, envelope = settlement.execution, settlement.claim.envelope
    return (
        execution is not None
        and envelope is not None
        and execution.outcome is Outcome.PERFORMED
        and execution.error is None
        and execution.retry is None
        and envelope.limit is None
        and envelope.unique is None
        and not envelope.keep_result
    )


def end_of(settlement: Settlement) -> End | None:
    """The end that a settlement asks for; None when its token is none of ours."""
    hold = hold_of(settlement.claim.token)
    if hold is None:
        return None
    execution = _bounded(settlement.execution)
    end = End(hold=hold, claim=settlement.claim, execution=execution)
    if execution is None or execution.retry is None:
        return end
    return _with_retry(end, execution, execution.retry)


def attempt_of(end: End, process_id: str) -> Attempt | None:
    """What is to be remembered of an end, if anything."""
    if end.execution is None or not end.is_remembered:
        return None
    return Attempt(
        row_id=end.hold.id,
        number=number_of(end.claim.envelope),
        outcome=end.execution.outcome.value,
        process_id=process_id,
        started_at=end.execution.started_at,
        seconds=end.execution.seconds,
        error=end.error,
        result=_result(end.execution),
    )


def _bounded(execution: Execution | None) -> Execution | None:
    if execution is None or execution.error is None:
        return execution
    return replace(execution, error=bounded_error(execution.error))


def _with_retry(end: End, execution: Execution, envelope: Envelope) -> End:
    try:
        return replace(end, row=row_of(envelope, keeps_permit=True))
    except (EnqueueError, TypeError, ValueError) as refusal:
        # A retry that the table cannot hold fails its job; raised, it would hold up all others.
        return replace(end, execution=_refused(execution, refusal))


def _refused(execution: Execution, refusal: Exception) -> Execution:
    error = ErrorRecord(class_name=_dotted_name(type(refusal)), message=str(refusal))
    return replace(
        execution, outcome=Outcome.FAILED, retry=None, error=execution.error or bounded_error(error)
    )


def _label(claim: Claim) -> str:
    return label(claim.envelope.payload) if claim.envelope else "An unreadable job"


def _dotted_name(kind: type[Exception]) -> str:
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _result(execution: Execution) -> str:
    if execution.outcome is not Outcome.PERFORMED:
        return ""
    # What JSON cannot say is said as text: a result must not keep its job from finishing.
    return json.dumps(execution.result, default=str, skipkeys=True)
