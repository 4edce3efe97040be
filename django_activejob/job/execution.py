"""One execution of a job: its surroundings, its callbacks, what is done about its error."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

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


def execute(
    envelope: Envelope, *, adapter: QueueAdapter, surroundings: type[Surroundings] = Surroundings
) -> Execution:
    """Runs a claimed job; never raises for anything that the job raises.

    The retry that the job asks for is not written, but given back to be settled.
    """
    return execute_and_tell(envelope, adapter=adapter, surroundings=surroundings)[0]


def execute_and_tell(
    envelope: Envelope, *, adapter: QueueAdapter, surroundings: type[Surroundings] = Surroundings
) -> tuple[Execution, BaseException | None]:
    """``execute``, with the error itself, for adapters that raise it to the caller."""
    timed = Timed()
    claimed = context.ClaimedRun(envelope=envelope, adapter=adapter)
    job = unpacked(claimed)
    ending = job if isinstance(job, Ending) else run(job, surroundings)
    return execution_of(ending, claimed, timed), ending.error


def run(job: ActiveJob, surroundings: type[Surroundings] = Surroundings) -> Ending:
    """Runs a job in its locale and time zone, and acts on the error that it may end with."""
    with Running(job, surroundings) as running:
        try:
            running.prepare()
            performed = callbacks.run(job, "perform", lambda: _call_perform(job))
        except BaseException as error:  # noqa: BLE001 - see below
            # All of them: a job that calls sys.exit() has failed, the worker goes on.
            return running.failed(error)
        return running.ended(performed)


class Running:
    """What there is around the code of one execution, as a context manager."""

    __slots__ = ("_adapter", "_job", "_kind", "_performing", "_started", "_surroundings")

    def __init__(self, job: ActiveJob, surroundings: type[Surroundings] = Surroundings) -> None:
        self._job = job
        self._kind = surroundings
        self._adapter = job._run.adapter if job._run is not None else adapter_of(type(job))
        self._started = clock.monotonic()
        self._performing = context.performing(job)

    def __enter__(self) -> Self:
        self.enter()
        return self

    def __exit__(self, *error: object) -> None:
        self._surroundings.take_off()
        self._performing.__exit__()

    def enter(self) -> None:
        """Makes the job the current one, in a context that is not used for anything else."""
        self._performing.__enter__()
        self._surroundings = self._kind()

    def prepare(self) -> None:
        """Puts on the surroundings of the job, and makes it ready to be performed.

        Raises:
            Exception: its locale, its time zone or its arguments cannot be brought back.
        """
        job = self._job
        self._surroundings.put_on(job)
        job.executions += 1
        decode_arguments(job)
        notify(signals.performing, type(job), job=job, adapter=self._adapter)

    def ended(self, performed: callbacks.Ending) -> Ending:
        """The ending of a job whose code has ended well, or was never begun."""
        ending = Ending(outcome=Outcome.PERFORMED, value=performed.value, aborted=performed.aborted)
        return self._told(ending)

    def failed(self, error: BaseException) -> Ending:
        """The ending of a job that has raised, after its handlers; never raises itself."""
        return self._told(deal_with(self._job, error))

    def _told(self, ending: Ending) -> Ending:
        _tell_end(self._job, self._adapter, ending, started=self._started)
        return ending


# The job's own code


def _call_perform(job: ActiveJob) -> Any:
    if job.timeout is None or job._run is None:
        return _performed(job)
    return context.limited(job, lambda: _performed(job))


def _performed(job: ActiveJob) -> Any:
    result = job.perform(*job.arguments, **job.keyword_arguments)
    if inspect.iscoroutine(result):
        return async_to_sync(awaited)(result, job)
    return result


async def awaited(coroutine: Coroutine[Any, Any, Any], job: ActiveJob) -> Any:
    """Awaits the code of a job within its time limit, and until an operator cancels it.

    Raises:
        JobCancelled: that has happened; the coroutine was cancelled.
        JobTimeout: its time is up; the coroutine was cancelled.
    """
    if job._run is None:
        return await coroutine
    try:
        with context.awaiting(job):
            return await _in_time(coroutine, job)
    finally:
        # Cancelled before it has begun, it would be missed by the interpreter.
        coroutine.close()


async def _in_time(coroutine: Coroutine[Any, Any, Any], job: ActiveJob) -> Any:
    if job.timeout is None:
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


@dataclass(frozen=True, slots=True)
class Timed:
    """When an execution began, by the calendar and by the monotonic clock."""

    at: datetime = field(default_factory=lambda: clock.now())
    monotonic: float = field(default_factory=lambda: clock.monotonic())


def unpacked(claimed: context.ClaimedRun) -> ActiveJob | Ending:
    """The job of a claim; the ending of one that cannot be read."""
    try:
        job = unpack(claimed.envelope.payload)
    except BaseException as error:  # noqa: BLE001 - see run()
        _tell_unreadable(claimed, error)
        return Ending(outcome=Outcome.FAILED, error=error)
    job._run = claimed
    return job


def execution_of(ending: Ending, claimed: context.ClaimedRun, timed: Timed) -> Execution:
    """How the execution on a claim has ended, to be settled."""
    has_failed = ending.outcome is Outcome.FAILED
    if has_failed and claimed.retry is not None:
        # The job asked for a retry and failed all the same: both happen, as in Active Job.
        claimed.adapter.enqueue(claimed.retry)
    error = _error(ending, claimed)
    return Execution(
        outcome=_outcome(ending, claimed),
        started_at=timed.at,
        seconds=clock.monotonic() - timed.monotonic,
        error=error_record(error) if error is not None else None,
        retry=claimed.retry if not has_failed else None,
    )


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
