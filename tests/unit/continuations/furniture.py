"""Jobs in steps, executed one execution at a time, as workers do it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django_activejob import ActiveJob
from django_activejob.adapters.test import TestAdapter
from django_activejob.continuations import Continuable
from django_activejob.contracts import Envelope, Execution
from django_activejob.job import context
from django_activejob.job.execution import execute
from django_activejob.job.packing import pack

ADAPTER = TestAdapter()


def run(job: ActiveJob) -> Execution:
    """The first execution of a job."""
    return execute(stored(pack(job)), adapter=ADAPTER)


def again(before: Execution) -> Execution:
    """The execution that comes after another."""
    assert before.retry is not None
    return execute(stored(before.retry), adapter=ADAPTER)


def stored(envelope: Envelope) -> Envelope:
    """What a store gives back."""
    return replace(envelope, payload=json.loads(json.dumps(envelope.payload)))


def state(execution: Execution) -> dict[str, Any]:
    """How far the job had come when it was interrupted."""
    assert execution.retry is not None
    return execution.retry.payload["continuation"]


def message(execution: Execution) -> str:
    """What the execution failed with, without the id."""
    assert execution.error is not None
    return execution.error.message.partition("): ")[2]


@contextmanager
def stopping(
    when: Callable[[Any], bool] = lambda job: True, reason: str = "stopping"
) -> Iterator[None]:
    """Lets jobs find, at their checkpoints, that their process is to stop."""
    before = context.set_stopping(lambda job: reason if when(job) else None)
    try:
        yield
    finally:
        context.set_stopping(before)


def during(step: str, cursor: Any = None) -> Callable[[Continuable], bool]:
    """Whether a job is in a step, at a cursor as it is serialized."""
    return lambda job: job.continuation.serialize().get("current") == [step, cursor]


def after(step: str) -> Callable[[Continuable], bool]:
    """Whether a step was the last that a job has completed."""
    return lambda job: (
        job.continuation.current is None and (list(job.continuation.completed[-1:]) == [step])
    )
