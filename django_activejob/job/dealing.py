"""What is done about an error: the handlers' decisions, carried out."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django_activejob import signals
from django_activejob.contracts import Outcome
from django_activejob.errors import JobCancelled
from django_activejob.instrumentation import notify
from django_activejob.job import callbacks, context, handlers
from django_activejob.job.cancelling import cancellation_in, cancelled
from django_activejob.job.enqueuing import adapter_of
from django_activejob.job.retrying import retry_job

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one execution ended: what ``perform_now`` returns, or the error that it raises."""

    outcome: Outcome
    value: Any = None
    error: BaseException | None = None
    aborted: bool = False


def deal_with(job: ActiveJob, error: BaseException) -> Ending:
    """Asks the job's class what to do about an error, and does it; never raises."""
    try:
        decision = _decide(job, error)
        if decision is None:
            _after_discard(job, error)
            return Ending(outcome=Outcome.FAILED, error=error)
        return _ACTIONS[type(decision)](job, decision)
    except BaseException as raised:  # noqa: BLE001 - see execution.run
        # What a handler raises takes the place of the error that it was to handle.
        return Ending(outcome=Outcome.FAILED, error=raised)


def _decide(job: ActiveJob, error: BaseException) -> handlers.Decision | None:
    # No handler is asked: an operator's word is not an error that a class could repair.
    if end := cancellation_in(error):
        return handlers.Discard(error=end, then=None)
    decision = handlers.decide(job, error)
    if isinstance(decision, handlers.Retry) and context.is_cancelled(job):
        return handlers.Discard(error=_cancelled_after(job, error), then=None)
    return decision


def _cancelled_after(job: ActiveJob, error: BaseException) -> JobCancelled:
    end = cancelled(job)
    end.__cause__ = error
    return end


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


def _tell_of(signal: Any, job: ActiveJob, error: BaseException) -> None:
    adapter = job._run.adapter if job._run is not None else adapter_of(type(job))
    notify(signal, type(job), job=job, adapter=adapter, error=error)
