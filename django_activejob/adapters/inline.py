"""Runs every job at once, in the thread that enqueues it, as Active Job's inline adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from django_activejob.contracts import Outcome, QueueAdapter
from django_activejob.job.execution import execute_and_tell

if TYPE_CHECKING:
    from django_activejob.contracts import Envelope


class InlineAdapter(QueueAdapter):
    """No queue at all: ``perform_later`` returns when the job has ended, and raises its error.

    A retry runs at once, whatever its wait; a job cannot be put off, not by a throttle either.
    """

    runs_at_once: ClassVar[bool] = True

    @override
    def enqueue(self, envelope: Envelope) -> None:
        """Runs the job, and its retries, to the end.

        Raises:
            BaseException: what the job failed with.
        """
        waiting: Envelope | None = envelope
        while waiting is not None:
            execution, error = execute_and_tell(waiting, adapter=self)
            if execution.outcome is Outcome.FAILED and error is not None:
                raise error
            waiting = execution.retry
