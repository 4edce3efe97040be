"""Jobs in steps, stopped at a chosen place, as Active Job's Continuation::TestHelper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django_activejob.continuations import Continuable
from django_activejob.continuations.continuation import Continuation
from django_activejob.job import context
from django_activejob.job.base import ActiveJob


@contextmanager
def interrupt_job_during_step(
    job_class: type[ActiveJob], step: str, *, cursor: Any = None, reason: str = "stopping"
) -> Iterator[None]:
    """Interrupts jobs of a class, in the block, at checkpoints within a step.

    Args:
        job_class: the class, or a parent of it.
        step: the step's name.
        cursor: where the step has to be; None is the cursor of a step without one.
        reason: what the interruption gives as its reason.
    """

    def is_reached(continuation: Continuation) -> bool:
        current = continuation.current
        return current is not None and (current.name, current.cursor) == (step, cursor)

    with _stopping_where(job_class, is_reached, reason):
        yield


@contextmanager
def interrupt_job_after_step(
    job_class: type[ActiveJob], step: str, *, reason: str = "stopping"
) -> Iterator[None]:
    """Interrupts jobs of a class, in the block, between a step and the next.

    After the last step there is no checkpoint, so there it interrupts nothing.
    """

    def is_reached(continuation: Continuation) -> bool:
        return continuation.current is None and continuation.completed[-1:] == (step,)

    with _stopping_where(job_class, is_reached, reason):
        yield


@contextmanager
def _stopping_where(
    job_class: type[ActiveJob], is_reached: Callable[[Continuation], bool], reason: str
) -> Iterator[None]:
    def predicate(job: ActiveJob) -> str | None:
        if isinstance(job, job_class) and isinstance(job, Continuable):
            return reason if is_reached(job.continuation) else None
        return None

    before = context.set_stopping(predicate)
    try:
        yield
    finally:
        context.set_stopping(before)
