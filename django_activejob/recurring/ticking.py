"""How a tick becomes a job."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal

from django_activejob import signals
from django_activejob.contracts import Envelope, QueueAdapter, RecurringStore, RecurringTask
from django_activejob.errors import TickRefused
from django_activejob.instrumentation import notify
from django_activejob.job.base import ActiveJob
from django_activejob.job.enqueuing import adapter_of, hand_over
from django_activejob.recurring.definition import read


def tick(
    task: RecurringTask, run_at: datetime, *, adapter: QueueAdapter, store: RecurringStore
) -> ActiveJob | None:
    """Enqueues the job of one tick, with its enqueue callbacks; None when there is to be none.

    The job goes to the adapter of its class, which need not be the one that keeps the task.

    A tick that a callback aborts, or whose job the adapter refuses, is not tried again.

    Raises:
        UnknownJobClass, DeserializationError: the job cannot be made.
        AdapterUnavailable: the store cannot be reached.
    """
    job = read(task.definition).new_job()
    target = adapter_of(type(job))
    enqueue = None if target is adapter else target.enqueue

    def deliver(envelope: Envelope) -> str | None:
        ours = replace(envelope, recurring_key=task.key)
        return store.tick(task, run_at, ours, enqueue=enqueue)

    if hand_over(job, adapter=target, deliver=deliver):
        notify(
            signals.recurring_enqueued,
            type(job),
            job=job,
            adapter=target,
            key=task.key,
            run_at=run_at,
        )
        return job
    if not isinstance(job.enqueue_error, TickRefused):
        store.skip(task, run_at)
    return None


def run_now(task: RecurringTask) -> ActiveJob | Literal[False]:
    """Enqueues a job out of turn, even of a disabled task; counts as no tick.

    Returns:
        The job; False when a callback aborted or the adapter refused.
    """
    job = read(task.definition).new_job()
    adapter = adapter_of(type(job))

    def deliver(envelope: Envelope) -> str | None:
        return adapter.enqueue(replace(envelope, recurring_key=task.key))

    return hand_over(job, adapter=adapter, deliver=deliver)
