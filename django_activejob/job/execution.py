"""One execution of a job: its surroundings, its callbacks, what is done about its error."""

from __future__ import annotations

import asyncio
import inspect
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync

from django_activejob import clock, signals
from django_activejob.contracts import (
    Envelope,
    ErrorRecord,
    Execution,
    Outcome,
    QueueAdapter,
)
from django_activejob.errors import Interrupt, JobTimeout
from django_activejob.instrumentation import notify
from django_activejob.job import callbacks, context, handlers, registry
from django_activejob.job.enqueuing import adapter_of
from django_activejob.job.packing import decode_arguments, unpack
from django_activejob.job.retrying import retry_job
from django_activejob.job.surroundings import Surroundings

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one execution ended: what ``perform_now`` returns, or the error that it raises."""

    outcome: Outcome
    value: Any = None
    error: BaseException | None = None
    aborted: bool = False


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
            ending = _deal_with(job, error)
        else:
            ending = Ending(
                outcome=Outcome.PERFORMED, value=performed.value, aborted=performed.aborted
            )
        _tell_end(job, adapter, ending, started=started)
    return ending


def error_record(error: BaseException) -> ErrorRecord:
    """An exception as text; never raises, whatever its ``__str__`` does."""
    return ErrorRecord(
        class_name=handlers.class_name_of(type(error)),
        message=_message_of(error),
        traceback=_traceback_of(error),
    )


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


# Errors


def _deal_with(job: ActiveJob, error: BaseException) -> Ending:
    try:
        decision = handlers.decide(job, error)
        if decision is None:
            _after_discard(job, error)
            return Ending(outcome=Outcome.FAILED, error=error)
        return _ACTIONS[type(decision)](job, decision)
    except BaseException as raised:  # noqa: BLE001 - see run()
        # What a handler raises takes the place of the error that it was to handle.
        return Ending(outcome=Outcome.FAILED, error=raised)


def _retry(job: ActiveJob, decision: handlers.Retry) -> Ending:
    if decision.report:
        _tell_of(signals.error_reported, job, decision.error)
    accepted = retry_job(
        job,
        wait=decision.wait,
        queue=decision.queue,
        priority=decision.priority,
        error=decision.error,
    )
    if accepted:
        return Ending(outcome=Outcome.RETRIED, value=decision.error, error=decision.error)
    # Active Job drops such a job without a word; here it stays, as failed.
    reason = job.enqueue_error or "a before_enqueue callback ended it"
    decision.error.add_note(f"It was to be retried, but its enqueuing did not succeed: {reason}.")
    return Ending(outcome=Outcome.FAILED, error=decision.error)


def _exhaust(job: ActiveJob, decision: handlers.Exhausted) -> Ending:
    try:
        if decision.then is not None:
            decision.then(job, decision.error)
    finally:
        _tell_of(signals.retries_exhausted, job, decision.error)
    _after_discard(job, decision.error)
    if decision.then is None:
        return Ending(outcome=Outcome.FAILED, error=decision.error)
    return Ending(outcome=Outcome.DISCARDED, value=decision.error, error=decision.error)


def _discard(job: ActiveJob, decision: handlers.Discard) -> Ending:
    if decision.report:
        _tell_of(signals.error_reported, job, decision.error)
    try:
        if decision.then is not None:
            decision.then(job, decision.error)
        _after_discard(job, decision.error)
    finally:
        _tell_of(signals.discarded, job, decision.error)
    return Ending(outcome=Outcome.DISCARDED, value=decision.error, error=decision.error)


def _rescue(job: ActiveJob, decision: handlers.Rescue) -> Ending:
    method = getattr(job, decision.method)
    if inspect.signature(method).parameters:
        method(decision.error)
    else:
        method()
    return Ending(outcome=Outcome.PERFORMED, value=decision.error, error=decision.error)


_ACTIONS: dict[type, Callable[[ActiveJob, Any], Ending]] = {
    handlers.Retry: _retry,
    handlers.Exhausted: _exhaust,
    handlers.Discard: _discard,
    handlers.Rescue: _rescue,
}


def _after_discard(job: ActiveJob, error: BaseException) -> None:
    raised: BaseException | None = None
    for callback in callbacks.of(type(job), "discard"):
        try:
            getattr(job, callback.method)(error)
        except Exception as failure:  # noqa: BLE001 - all of them run, whatever one does
            failure.__cause__ = failure.__cause__ or raised or error
            raised = failure
    if raised is not None:
        raise raised


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


def _tell_of(signal: Any, job: ActiveJob, error: BaseException) -> None:
    adapter = job._run.adapter if job._run is not None else adapter_of(type(job))
    notify(signal, type(job), job=job, adapter=adapter, error=error)


def _tell_unreadable(claimed: context.ClaimedRun, error: BaseException) -> None:
    notify(
        signals.failed,
        job=None,
        payload=claimed.envelope.payload,
        adapter=claimed.adapter,
        error=error,
        seconds=0.0,
    )


def _message_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - an exception's own __str__ may do anything
        return f"<the message of this {type(error).__name__} cannot be shown>"


def _traceback_of(error: BaseException) -> str:
    try:
        return "".join(traceback.format_exception(error))
    except Exception:  # noqa: BLE001 - see _message_of
        return "".join(traceback.format_tb(error.__traceback__))
