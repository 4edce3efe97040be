"""Turns one claim into one settlement."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context

from django_activejob import clock, signals
from django_activejob.contracts import (
    Claim,
    ErrorRecord,
    Execution,
    Outcome,
    QueueAdapter,
    Settlement,
)
from django_activejob.errors import ExecutionLost
from django_activejob.instrumentation import notify
from django_activejob.job.error_records import error_record
from django_activejob.job.execution import execute
from django_activejob.job.surroundings import OwnSurroundings

_NOTHING_READ = ErrorRecord(
    class_name="django_activejob.errors.MalformedPayload",
    message="The store held nothing that can be read as a job.",
)


def settlement_of(claim: Claim, *, adapter: QueueAdapter) -> Settlement:
    """Performs the job of a claim; whatever happens, there is an end to record.

    For threads in which nothing is active outside of jobs: each job has a copy of their
    context, so that what it activates, or sets in context variables, ends with it.
    """
    context = copy_context()
    return whatever_happens(claim, lambda: context.run(_execution, claim, adapter))


def whatever_happens(claim: Claim, perform: Callable[[], Execution]) -> Settlement:
    """The end of a claim by an execution, or by the error in the way of one."""
    started_at, started = clock.now(), clock.monotonic()
    try:
        execution = perform()
    except BaseException as error:  # noqa: BLE001 - a claim without an end is held for ever
        execution = Execution(
            outcome=Outcome.FAILED,
            started_at=started_at,
            seconds=clock.monotonic() - started,
            error=error_record(error),
        )
    return Settlement(claim=claim, execution=execution)


def cut_short(claim: Claim, *, adapter: QueueAdapter) -> Settlement:
    """The failure of a job that has not ended when its process has to."""
    payload = claim.envelope.payload if claim.envelope is not None else None
    error = ExecutionLost(
        f"{label_of(claim)}: it had not ended when its process had to stop, and its class says "
        'on_crash = "fail". See what it has done before you retry it.'
    )
    notify(signals.failed, job=None, payload=payload, adapter=adapter, error=error, seconds=0.0)
    execution = Execution(
        outcome=Outcome.FAILED, started_at=clock.now(), seconds=0.0, error=error_record(error)
    )
    return Settlement(claim=claim, execution=execution)


def label_of(claim: Claim) -> str:
    """A claim for people: the class and the id of its job."""
    if claim.envelope is None:
        return f"Claim {claim.token}"
    return f"{claim.envelope.payload['job_class']} ({claim.envelope.payload['job_id']})"


def _execution(claim: Claim, adapter: QueueAdapter) -> Execution:
    if claim.envelope is None:
        return _unreadable(claim)
    return execute(claim.envelope, adapter=adapter, surroundings=OwnSurroundings)


def _unreadable(claim: Claim) -> Execution:
    return Execution(
        outcome=Outcome.FAILED,
        started_at=clock.now(),
        seconds=0.0,
        error=claim.unreadable or _NOTHING_READ,
    )
