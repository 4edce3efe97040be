"""Assertions about jobs, as those of Active Job's TestHelper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import QueueAdapter
from django_activejob.errors import ConfigurationError
from django_activejob.job import enqueuing
from django_activejob.job.base import ActiveJob
from django_activejob.testing.counting import Count
from django_activejob.testing.draining import Draining
from django_activejob.testing.finding import Search
from django_activejob.testing.forms import TwoForms, two_forms
from django_activejob.testing.matching import Expectations, Matcher
from django_activejob.testing.recorded import RecordedJob
from django_activejob.testing.records import records
from django_activejob.testing.selection import JobFilter, Selection


class JobAssertions:
    """What a test can ask about jobs; each as a plain call, or around a block with ``with``.

    A plain call is about everything so far, a block about what it adds. Jobs that wait for
    a commit count once the code under test has left its transactions, in a TestCase too; a
    block runs all on-commit callbacks that come up in it.

    Args that many of them take:
        only, except_: a class, several, or a callable; not both. Subclasses do not count. A
            callable is given the ``RecordedJob``; in a block that performs, the job itself.
        queue: the full name of a queue.

    All raise AssertionError when they do not hold, ConfigurationError when the queue adapter
    is not the test adapter, and ValueError when both ``only`` and ``except_`` are given.
    """

    @property
    def queue_adapter(self) -> QueueAdapter:
        """The adapter of ``ActiveJob``, and so of all classes that name no other."""
        return enqueuing.adapter_of(ActiveJob)

    @property
    def enqueued_jobs(self) -> list[RecordedJob]:
        """The jobs that were enqueued and not performed, oldest first."""
        return records(self._test_adapter("enqueued_jobs"), "enqueued")

    @property
    def performed_jobs(self) -> list[RecordedJob]:
        """The jobs that were performed through ``perform_enqueued_jobs``, oldest first."""
        return records(self._test_adapter("performed_jobs"), "performed")

    @two_forms
    def assert_enqueued_jobs(
        self,
        number: int,
        *,
        only: JobFilter | None = None,
        except_: JobFilter | None = None,
        queue: str | None = None,
    ) -> TwoForms:
        """Asserts how many jobs were enqueued.

        ``with self.assert_enqueued_jobs(1, only=WelcomeJob): sign_up()``
        """
        return Count(
            number=number,
            kind="enqueued",
            selection=Selection(only=only, except_=except_, queue=queue),
            adapter=self._test_adapter("assert_enqueued_jobs"),
        )

    @two_forms
    def assert_no_enqueued_jobs(
        self,
        *,
        only: JobFilter | None = None,
        except_: JobFilter | None = None,
        queue: str | None = None,
    ) -> TwoForms:
        """Asserts that no job was enqueued."""
        return Count(
            number=0,
            kind="enqueued",
            selection=Selection(only=only, except_=except_, queue=queue),
            adapter=self._test_adapter("assert_no_enqueued_jobs"),
        )

    @two_forms
    def assert_performed_jobs(
        self,
        number: int,
        *,
        only: JobFilter | None = None,
        except_: JobFilter | None = None,
        queue: str | None = None,
    ) -> TwoForms:
        """Asserts how many jobs were performed; a block performs the jobs that it enqueues.

        A job that raised was performed too; ``perform_now`` does not count.
        """
        return Count(
            number=number,
            kind="performed",
            selection=Selection(only=only, except_=except_, queue=queue),
            adapter=self._test_adapter("assert_performed_jobs"),
        )

    @two_forms
    def assert_no_performed_jobs(
        self,
        *,
        only: JobFilter | None = None,
        except_: JobFilter | None = None,
        queue: str | None = None,
    ) -> TwoForms:
        """Asserts that no job was performed; a block performs the jobs that it enqueues."""
        return Count(
            number=0,
            kind="performed",
            selection=Selection(only=only, except_=except_, queue=queue),
            adapter=self._test_adapter("assert_no_performed_jobs"),
        )

    @two_forms
    def assert_enqueued_with(
        self,
        *,
        job: type[ActiveJob] | Matcher | None = None,
        args: Sequence[Any] | Matcher | None = None,
        kwargs: dict[str, Any] | Matcher | None = None,
        at: datetime | Matcher | None = None,
        queue: str | Matcher | None = None,
        priority: int | Matcher | None = None,
    ) -> TwoForms:
        """Asserts that a job was enqueued that agrees with all that is given.

        Args:
            job: its class, exactly.
            args: its arguments, live. Without ``kwargs`` keyword arguments are expected here, as
                in Active Job: as a dict at the end.
            kwargs: its keyword arguments.
            at: its time, give or take a second; naive means the current time zone.
            queue: the full name of its queue.
            priority: its priority.

        Each may be a callable that is given the job's value and says whether it is right.

        Returns:
            The job. A block gives an object that has it as ``job`` once the block has ended.
        """
        return Search(
            expected=Expectations(
                job=job, args=args, kwargs=kwargs, at=at, queue=queue, priority=priority
            ),
            kind="enqueued",
            adapter=self._test_adapter("assert_enqueued_with"),
        )

    @two_forms
    def assert_performed_with(
        self,
        *,
        job: type[ActiveJob] | Matcher | None = None,
        args: Sequence[Any] | Matcher | None = None,
        kwargs: dict[str, Any] | Matcher | None = None,
        at: datetime | Matcher | None = None,
        queue: str | Matcher | None = None,
        priority: int | Matcher | None = None,
    ) -> TwoForms:
        """Asserts that a job was performed that agrees with all that is given.

        A block performs the jobs that it enqueues. Args and Returns as ``assert_enqueued_with``.
        """
        return Search(
            expected=Expectations(
                job=job, args=args, kwargs=kwargs, at=at, queue=queue, priority=priority
            ),
            kind="performed",
            adapter=self._test_adapter("assert_performed_with"),
        )

    @two_forms
    def perform_enqueued_jobs(
        self,
        *,
        only: JobFilter | None = None,
        except_: JobFilter | None = None,
        queue: str | None = None,
        at: datetime | None = None,
    ) -> TwoForms:
        """Performs jobs: those enqueued so far, or, around a block, each as it is enqueued.

        A plain call leaves what the jobs enqueue, their retries too, for the next one; a block
        performs that as well. What a job fails with is raised. The clock is not moved, and
        scheduled jobs are performed whatever their time, unless ``at`` says up to which.

        Returns:
            How many jobs were performed. A block goes with any adapter.
        """
        return Draining(
            adapter=self.queue_adapter,
            selection=Selection(only=only, except_=except_, queue=queue, at=at),
            require=lambda: self._test_adapter("perform_enqueued_jobs (without a block)"),
        )

    def _test_adapter(self, method: str) -> TestAdapter:
        adapter = self.queue_adapter
        if isinstance(adapter, TestAdapter):
            return adapter
        raise ConfigurationError(
            f"{method} requires the Active Job test adapter, you're using "
            f'{type(adapter).__name__}. Set QUEUE_ADAPTER to "test" in the settings of your '
            "tests, override queue_adapter_for_test(), or, with pytest, mark the test with "
            "@pytest.mark.activejob."
        )
