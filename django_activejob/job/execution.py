"""One execution of a job: its surroundings, its callbacks, what is done about its error."""

from __future__ import annotations

import asyncio
import inspect
import logging
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync

from django_activejob import clock, signals
from django_activejob.contracts import (
    Envelope,
    Execution,
    Outcome,
    QueueAdapter,
)
from django_activejob.errors import Interrupt, JobTimeout
from django_activejob.instrumentation import notify
from django_activejob.job import callbacks, context, registry
from django_activejob.job.dealing import Ending, deal_with
from django_activejob.job.enqueuing import adapter_of
from django_activejob.job.error_records import error_record
from django_activejob.job.packing import decode_arguments, unpack
from django_activejob.job.surroundings import Surroundings

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

logger = logging.getLogger(__name__)


def perform_now(job: ActiveJob) -> Any:
    """Runs a job here and now, with its callbacks and handlers.

    Returns:
        What ``perform`` returned; the error, when a handler dealt with it; False when a
        ``before_perform`` aborted.
    """
    ending = run(job)
    if ending.outcome is Outcome.FAILED and ending.error is not None:
        raise ending.error
    return ending.value


def execute(envelope: Envelope, *, adapter: QueueAdapter) -> Execution:
    """Runs a claimed job; never raises for anything that the job raises.

    The retry that the job asks for is not written, but given back to be settled.
    """
    return execute_and_tell(envelope, adapter=adapter)[0]


def execute_and_tell(
    envelope: Envelope, *, adapter: QueueAdapter
) -> tuple[Execution, BaseException | None]:
    """``execute``, with the error itself, for adapters that raise it to the caller."""
    started_at, started = clock.now(), clock.monotonic()
    claimed = context.ClaimedRun(envelope=envelope, adapter=adapter)
    ending = _unpack_and_run(claimed)
    error = _error(ending, claimed)
    execution = Execution(
        outcome=_outcome(ending, claimed),
        started_at=started_at,
        seconds=clock.monotonic() - started,
        error=error_record(error) if error is not None else None,
        retry=claimed.retry if ending.outcome is not Outcome.FAILED else None,
    )
    return execution, ending.error


def run(job: ActiveJob) -> Ending:
    """Runs a job in its locale and time zone, and acts on the error that it may end with."""
    adapter = job._run.adapter if job._run is not None else adapter_of(type(job))
    started = clock.monotonic()
    with context.performing(job), Surroundings() as surroundings:
        try:
            surroundings.put_on(job)
            performed = _perform(job, adapter)
        except BaseException as error:  # noqa: BLE001 - see below
            # All of them: a job that calls sys.exit() has failed, the worker goes on.
            ending = deal_with(job, error)
        else:
            ending = Ending(
                outcome=Outcome.PERFORMED, value=performed.value, aborted=performed.aborted
            )
        _tell_end(job, adapter, ending, started=started)
    return ending


# The job's own code


def _perform(job: ActiveJob, adapter: QueueAdapter) -> callbacks.Ending:
    job.executions += 1
    decode_arguments(job)
    notify(signals.performing, type(job), job=job, adapter=adapter)
    return callbacks.run(job, "perform", lambda: _call_perform(job))


def _call_perform(job: ActiveJob) -> Any:
    if job.timeout is None or job._run is None:
        return _performed(job)
    return context.limited(job, lambda: _performed(job))


def _performed(job: ActiveJob) -> Any:
    result = job.perform(*job.arguments, **job.keyword_arguments)
    if inspect.iscoroutine(result):
        return async_to_sync(_awaited)(result, job)
    return result


async def _awaited(coroutine: Any, job: ActiveJob) -> Any:
    if job.timeout is None or job._run is None:
        return await coroutine
    try:
        async with asyncio.timeout(job.timeout) as limit:
            return await coroutine
    except TimeoutError as error:
        # Another than that of our own limit is an error of the job like any other.
        if not limit.expired():
            raise
        raise timed_out(job) from error


def timed_out(job: ActiveJob) -> JobTimeout:
    """The error of a job that its time limit has ended."""
    return JobTimeout(
        f"{registry.name_of(type(job))} ({job.job_id}): it had not ended after {job.timeout:g} s, "
        "the timeout of its class. Make it shorter, or give it more time."
    )


# On a claim


def _unpack_and_run(claimed: context.ClaimedRun) -> Ending:
    try:
        job = unpack(claimed.envelope.payload)
    except BaseException as error:  # noqa: BLE001 - see run()
        _tell_unreadable(claimed, error)
        return Ending(outcome=Outcome.FAILED, error=error)
    job._run = claimed
    ending = run(job)
    if ending.outcome is Outcome.FAILED and claimed.retry is not None:
        # The job asked for a retry and failed all the same: both happen, as in Active Job.
        claimed.adapter.enqueue(claimed.retry)
    return ending


def _outcome(ending: Ending, claimed: context.ClaimedRun) -> Outcome:
    if ending.outcome is Outcome.FAILED or claimed.retry is None:
        return ending.outcome
    is_interrupted = isinstance(claimed.resumed_after, Interrupt)
    return Outcome.INTERRUPTED if is_interrupted else Outcome.RETRIED


def _error(ending: Ending, claimed: context.ClaimedRun) -> BaseException | None:
    # An error after which a continuation is resumed is kept like that of any retry.
    if ending.error is None and not isinstance(claimed.resumed_after, Interrupt):
        return claimed.resumed_after
    return ending.error


# What observers are told


def _tell_end(job: ActiveJob, adapter: QueueAdapter, ending: Ending, *, started: float) -> None:
    facts: dict[str, Any] = {"adapter": adapter, "seconds": clock.monotonic() - started}
    if ending.outcome is Outcome.FAILED:
        payload = job._run.envelope.payload if job._run is not None else None
        notify(signals.failed, type(job), job=job, payload=payload, error=ending.error, **facts)
    elif ending.aborted:
        notify(signals.perform_aborted, type(job), job=job, **facts)
    else:
        notify(signals.performed, type(job), job=job, **facts)


def _tell_unreadable(claimed: context.ClaimedRun, error: BaseException) -> None:
    notify(
        signals.failed,
        job=None,
        payload=claimed.envelope.payload,
        adapter=claimed.adapter,
        error=error,
        seconds=0.0,
    )
