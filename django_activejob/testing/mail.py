"""Assertions about mail, as those of Action Mailer's TestHelper."""

from __future__ import annotations

import unittest
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives
from typing_extensions import override

from django_activejob.errors import UnknownJobClass
from django_activejob.mail import Mailer
from django_activejob.testing.assertions import JobAssertions
from django_activejob.testing.cases import JobTestCase, JobTestMixin
from django_activejob.testing.forms import TwoForms, two_forms
from django_activejob.testing.mailer_cases import fixture_lines, mailer_of
from django_activejob.testing.recorded import RecordedJob


class MailAssertions(JobAssertions):
    """What a test can ask about mail; each as a plain call, or around a block with ``with``.

    Mail that is delivered later is a job of a class with ``delivers_mail``. What is delivered
    stands in Django's ``mail.outbox``.
    """

    @two_forms
    def assert_emails(self, number: int) -> TwoForms:
        """Asserts how many emails were delivered.

        A plain call looks at ``mail.outbox``. A block counts what it delivers, and delivers
        what it enqueues; it goes with any queue adapter.
        """
        return Deliveries(number=number, assertions=self)

    @two_forms
    def assert_no_emails(self) -> TwoForms:
        """Asserts that no email was delivered; see ``assert_emails``."""
        return Deliveries(number=0, assertions=self)

    @contextmanager
    def capture_emails(self) -> Iterator[list[EmailMessage]]:
        """Delivers what the block enqueues.

        Gives:
            A list that has, once the block has ended, all messages that it delivered.
        """
        captured: list[EmailMessage] = []
        earlier = len(_outbox())
        with self.deliver_enqueued_emails():
            yield captured
        captured += _outbox()[earlier:]

    def assert_enqueued_emails(self, number: int) -> Any:
        """Asserts how many emails were enqueued; around a block: by it."""
        return self.assert_enqueued_jobs(number, only=delivers_mail)

    def assert_no_enqueued_emails(self) -> Any:
        """Asserts that no email was enqueued; around a block: by it."""
        return self.assert_no_enqueued_jobs(only=delivers_mail)

    def deliver_enqueued_emails(
        self, *, queue: str | None = None, at: datetime | None = None
    ) -> Any:
        """Delivers the emails that were enqueued, or, around a block, each as it is enqueued.

        Args:
            queue: the full name of a queue; other emails stay enqueued.
            at: emails that are scheduled later stay enqueued.
        """
        return self.perform_enqueued_jobs(only=delivers_mail, queue=queue, at=at)

    def assert_enqueued_email_with(
        self,
        mailer: Any,
        action: str,
        *,
        args: Sequence[Any] | Callable[[list[Any]], object] | Any = None,
        kwargs: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | Callable[[Any], object] | None = None,
        queue: str | None = None,
    ) -> Any:
        """Asserts that an email of a mailer's action was enqueued; around a block: by it.

        Args:
            mailer: the class, or the class ``with_params``.
            action: the name of its action.
            args: the arguments of the action, None for none; a callable is given the list.
                Without ``kwargs``, keyword arguments are the dict at its end.
            kwargs: the keyword arguments of the action.
            params: what ``with_params`` was given, None for nothing; a callable is given it.
            queue: the full name of the queue; None for the one that the delivery job names.

        Returns:
            As ``assert_enqueued_with``.
        """
        job = getattr(mailer, action).make().to_job()
        given = getattr(mailer, "params", None) if params is None else params
        return self.assert_enqueued_with(
            job=type(job),
            args=job.arguments,
            kwargs=Carried(args=_listed(args, kwargs), params=given),
            queue=job.queue_name if queue is None else queue,
        )


class MailTestMixin(MailAssertions, JobTestMixin):
    """Goes before a TestCase: ``class OrderTest(MailTestMixin, TestCase)``.

    Django's ``mail.outbox`` is empty when a test begins, and after it.

    Attributes:
        mailer_class: the mailer that is tested, as a class or by its name; None for the one
            of which the test case has the name.
        expected: a blank message for each test, to be filled with what is expected.
    """

    mailer_class: ClassVar[type[Mailer] | str | None] = None
    expected: EmailMessage

    @property
    def mailer(self) -> type[Mailer]:
        """The mailer that is tested.

        Raises:
            ConfigurationError: it is neither said, nor to be known by the name of the test.
        """
        return mailer_of(type(self))

    def read_fixture(self, name: str) -> list[str]:
        """The lines of the file ``fixtures/report_mailer/<name>``, beside the test's module.

        Raises:
            OSError: there is no such file.
        """
        return fixture_lines(type(self), name)

    @override
    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Runs a test between two emptyings of the outbox."""
        self.expected = EmailMultiAlternatives()
        _outbox().clear()
        try:
            return super().run(result)
        finally:
            _outbox().clear()


class MailTestCase(MailTestMixin, JobTestCase):
    """Django's TestCase with assertions about jobs and mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries:
    """``assert_emails``: a number of messages that are to be in the outbox."""

    number: int
    assertions: MailAssertions

    def at_once(self) -> None:
        """Counts all there have been so far.

        Raises:
            AssertionError: it is another number.
        """
        self._compare(len(_outbox()))

    @contextmanager
    def around(self) -> Iterator[None]:
        """Counts those that the block delivers.

        Raises:
            AssertionError: it is another number.
        """
        with self.assertions.capture_emails() as captured:
            yield
        self._compare(len(captured))

    def _compare(self, actual: int) -> None:
        if actual != self.number:
            raise AssertionError(f"{self.number} emails expected, but {actual} were sent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """Says whether a delivery job carries these arguments and params; shown in failures."""

    args: Any
    params: Any

    def __call__(self, keywords: Mapping[str, Any]) -> bool:
        """Whether the keyword arguments of a delivery job agree."""
        return _agrees(self.args, list(keywords.get("args", ()))) and _agrees(
            self.params, keywords.get("params")
        )

    def __repr__(self) -> str:
        return f"{{args: {self.args!r}, params: {self.params!r}}}"


def delivers_mail(candidate: Any) -> bool:
    """Whether a job, or the record of one, delivers mail."""
    try:
        job_class = candidate.job if isinstance(candidate, RecordedJob) else type(candidate)
    except UnknownJobClass:
        return False
    return bool(getattr(job_class, "delivers_mail", False))


def _listed(args: Any, kwargs: Mapping[str, Any] | None) -> Any:
    if callable(args):
        return args
    positional = [] if args is None else list(args) if isinstance(args, list | tuple) else [args]
    return [*positional, kwargs] if kwargs else positional


def _agrees(expected: Any, actual: Any) -> bool:
    return bool(expected(actual) if callable(expected) else expected == actual)


def _outbox() -> list[EmailMessage]:
    # Django makes it for the time of a test run, or with the first message.
    return getattr(mail, "outbox", [])
