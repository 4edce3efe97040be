"""The helpers in each kind of Django's test cases, with the adapter of the project."""

from __future__ import annotations

import unittest
from typing import Any

import pytest
from django.core import mail
from django.test import SimpleTestCase, TestCase, TransactionTestCase

from django_activejob.adapters.inline import InlineAdapter
from django_activejob.errors import ConfigurationError
from django_activejob.job.enqueuing import adapter_of
from django_activejob.testing.mail import MailTestMixin
from tests.jobs import buffer
from tests.jobs.hello import HelloJob
from tests.unit.mail.furniture import WelcomeMailer

NEEDS_TEST_ADAPTER = "requires the Active Job test adapter"


def case_of(kind: type[unittest.TestCase]) -> unittest.TestCase:
    """A test case of a project, of this kind."""

    class ProjectTest(MailTestMixin, kind):  # type: ignore[misc, valid-type]  # chosen at run time
        available_apps = ("django_activejob",)

        def runTest(self) -> None:  # noqa: N802 - unittest looks for it
            assert isinstance(adapter_of(HelloJob), InlineAdapter)
            HelloJob.perform_later("Ada")
            with pytest.raises(ConfigurationError, match=NEEDS_TEST_ADAPTER):
                self.assert_enqueued_jobs(0)
            with pytest.raises(ConfigurationError, match=NEEDS_TEST_ADAPTER):
                self.assert_enqueued_emails(0)
            with self.assert_emails(2):
                WelcomeMailer.hello().deliver_now()
                WelcomeMailer.hello().deliver_later()

    return ProjectTest()


@pytest.mark.line("EX-007")
@pytest.mark.django_db(transaction=True, available_apps=["django_activejob"])
@pytest.mark.parametrize("kind", [unittest.TestCase, SimpleTestCase, TestCase, TransactionTestCase])
def test_every_kind_of_test_case_has_the_adapter_of_the_project(
    settings: Any, kind: type[unittest.TestCase]
) -> None:
    settings.ACTIVE_JOB = {"QUEUE_ADAPTER": "inline"}
    result = unittest.TestResult()
    unittest.TestSuite([case_of(kind)]).run(result)
    assert (result.testsRun, result.errors, result.failures) == (1, [], [])
    assert buffer.lines() == ["Ada says hello"]
    assert mail.outbox == []
