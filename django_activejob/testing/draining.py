"""Performing what the test adapter was given: around a block, or what has gathered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import Envelope, Outcome, QueueAdapter
from django_activejob.job.execution import execute_and_tell
from django_activejob.testing.commits import committing, enqueue_waiting_jobs
from django_activejob.testing.recorded import RecordedJob
from django_activejob.testing.selection import Selection, predicate

SWITCHES: Final = ("perform", "filter", "reject", "queue", "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draining:
    """``perform_enqueued_jobs``: its block form goes with any adapter, the plain one does not."""

    adapter: QueueAdapter
    selection: Selection
    require: Callable[[], TestAdapter]

    def at_once(self) -> int:
        """Performs what is enqueued now; returns how many jobs that were."""
        return drain(self.require(), self.selection)

    @contextmanager
    def around(self) -> Iterator[None]:
        """Performs what is enqueued in the block."""
        if isinstance(self.adapter, TestAdapter):
            with performing(self.adapter, self.selection):
                yield
        else:
            with committing():
                yield


@contextmanager
def performing(adapter: TestAdapter, selection: Selection) -> Iterator[None]:
    """Performs each selected job the moment it is enqueued in the block, also a scheduled one.

    Retries and the jobs that jobs enqueue are performed too. What a job fails with is
    raised by the ``perform_later`` that enqueued it.
    """
    before = {name: getattr(adapter, name) for name in SWITCHES}
    adapter.perform = lambda envelope: perform(envelope, adapter=adapter)
    adapter.filter = predicate(selection.only)
    adapter.reject = predicate(selection.except_)
    adapter.queue, adapter.at = selection.queue, selection.latest
    try:
        with committing():
            yield
    finally:
        for name, value in before.items():
            setattr(adapter, name, value)


def drain(adapter: TestAdapter, selection: Selection) -> int:
    """Performs the selected jobs that are enqueued now, oldest first, and says how many.

    What they enqueue, their retries too, stays for the next time. An error ends it: the job
    that raised counts as performed, those after it stay enqueued.
    """
    enqueue_waiting_jobs()
    chosen = [each for each in adapter.enqueued if selection.includes(RecordedJob(envelope=each))]
    return sum(_take_and_perform(envelope, adapter) for envelope in chosen)


def perform(envelope: Envelope, *, adapter: QueueAdapter) -> None:
    """Performs one job; its retry is enqueued.

    Raises:
        BaseException: what the job failed with.
    """
    execution, error = execute_and_tell(envelope, adapter=adapter)
    if execution.outcome is Outcome.FAILED and error is not None:
        raise error
    if execution.retry is not None:
        adapter.enqueue(execution.retry)


def _take_and_perform(envelope: Envelope, adapter: TestAdapter) -> bool:
    left = [each for each in adapter.enqueued if each is not envelope]
    if len(left) == len(adapter.enqueued):
        return False  # one of the jobs before it has drained the queue itself
    adapter.enqueued[:] = left
    adapter.performed.append(envelope)
    perform(envelope, adapter=adapter)
    return True
