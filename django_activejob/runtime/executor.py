"""Turns one claim into one settlement."""

from __future__ import annotations

from django_activejob import clock
from django_activejob.contracts import (
    Claim,
    ErrorRecord,
    Execution,
    Outcome,
    QueueAdapter,
    Settlement,
)
from django_activejob.job.execution import error_record, execute

_NOTHING_READ = ErrorRecord(
    class_name="django_activejob.errors.MalformedPayload",
    message="The store held nothing that can be read as a job.",
)


def settlement_of(claim: Claim, *, adapter: QueueAdapter) -> Settlement:
    """Performs the job of a claim; whatever happens, there is an end to record."""
    started_at, started = clock.now(), clock.monotonic()
    try:
        execution = _execution(claim, adapter)
    except BaseException as error:  # noqa: BLE001 - a claim without an end is held for ever
        execution = Execution(
            outcome=Outcome.FAILED,
            started_at=started_at,
            seconds=clock.monotonic() - started,
            error=error_record(error),
        )
    return Settlement(claim=claim, execution=execution)


def _execution(claim: Claim, adapter: QueueAdapter) -> Execution:
    if claim.envelope is None:
        return _unreadable(claim)
    return execute(claim.envelope, adapter=adapter)


def _unreadable(claim: Claim) -> Execution:
    return Execution(
        outcome=Outcome.FAILED,
        started_at=clock.now(),
        seconds=0.0,
        error=claim.unreadable or _NOTHING_READ,
    )
