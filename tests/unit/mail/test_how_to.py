from __future__ import annotations

import re
import unittest
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail

from django_activejob.adapters.test import TestAdapter
from django_activejob.mail import unregister_interceptor, unregister_observer
from tests.unit.mail.furniture import perform_all


@pytest.fixture
def page(
    pytestconfig: pytest.Config, settings: Any, queue: TestAdapter
) -> Iterator[dict[str, Any]]:
    """What the code blocks of the page have made, one after the other."""
    settings.ADMINS = ["boss@example.com"]
    text = (pytestconfig.rootpath / "docs" / "how-to" / "mail.md").read_text("utf-8")
    made: dict[str, Any] = {"__name__": "how_to_mail"}
    for block in re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL):
        exec(block, made)
    yield made
    unregister_interceptor(made["Sandbox"])
    unregister_observer(made["archive"])


@pytest.mark.usefixtures("page")
class TestThePageAboutMail:
    def test_its_mail_is_sent(self, queue: TestAdapter) -> None:
        sent_at_once = len(mail.outbox)
        limits = {envelope.limit.to for envelope in queue.enqueued if envelope.limit}
        assert limits == {2}
        envelopes = list(queue.enqueued)
        waiting = len(envelopes)
        executions = perform_all(queue)
        assert [execution.error for execution in executions] == [None] * waiting
        assert {envelope.throttle.to for envelope in envelopes if envelope.throttle} == {100}
        assert (sent_at_once, waiting) == (1, 11)
        assert len(mail.outbox) == 12
        assert {tuple(message.to) for message in mail.outbox[1:]} == {("developers@example.com",)}

    @pytest.mark.django_db
    def test_its_tests_pass(self, page: dict[str, Any]) -> None:
        tests = unittest.TestLoader().loadTestsFromTestCase(page["ReportTest"])
        result = unittest.TestResult()
        tests.run(result)
        assert (result.testsRun, result.errors, result.failures) == (2, [], [])

    def test_its_settings_pass_the_checks(self, page: dict[str, Any], settings: Any) -> None:
        from django_activejob.mail.checks import check_mail

        settings.MAILERS = page["MAILERS"]
        settings.ACTIVE_JOB = page["ACTIVE_JOB"]
        assert check_mail(None) == []
