from __future__ import annotations

import unittest
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail

from django_activejob import send_mail_later
from django_activejob.adapters.inline import InlineAdapter
from django_activejob.adapters.test import TestAdapter
from django_activejob.errors import ConfigurationError
from django_activejob.job.base import ActiveJob
from django_activejob.mail import Mailer, action, before_deliver, registry
from django_activejob.serialization import Symbol
from django_activejob.testing.mail import MailAssertions, MailTestCase
from tests.unit.mail.furniture import (
    InvitingMailer,
    PlainJob,
    QueuedDeliveryJob,
    SlowDeliveryJob,
    SlowMailer,
    WelcomeMailer,
)
from tests.unit.testing.furniture import fails

NOON = datetime(2030, 5, 17, 12, tzinfo=UTC)
NAME = registry.name_of(WelcomeMailer)


class PlainQueueMailer(WelcomeMailer):
    deliver_later_queue_name = None


class OwnQueueMailer(WelcomeMailer):
    delivery_job = QueuedDeliveryJob


class GuestMailer(Mailer):
    delivery_job = SlowDeliveryJob

    @action
    def invite(self, host: str = "Bob", *, place: str = "here") -> None:
        self.mail(to="a@example.com", subject="Come!", body=f"{host} invites you {place}")

    @before_deliver
    def change(self) -> None:
        pass


guests: Any = GuestMailer.with_params(event="party")


@pytest.fixture
def emails(queue: TestAdapter) -> MailAssertions:
    """The assertions, and no jobs yet."""
    return MailAssertions()


def deliver(*mailers: Any) -> None:
    for mailer in mailers:
        mailer.hello().deliver_now()


def enqueue(*mailers: Any) -> None:
    for mailer in mailers:
        mailer.hello().deliver_later()


class TestAssertEmails:
    @pytest.mark.line("AM-038")
    def test_a_block_counts_what_is_delivered_now(self, emails: MailAssertions) -> None:
        with emails.assert_emails(2):
            deliver(WelcomeMailer, WelcomeMailer)

    @pytest.mark.line("AM-040", "AM-042")
    def test_a_block_counts_what_it_enqueues(self, emails: MailAssertions) -> None:
        with emails.assert_emails(3):
            enqueue(WelcomeMailer, SlowMailer)
            send_mail_later("S", "B", None, ["a@example.com"])

    @pytest.mark.line("AM-041")
    def test_params_and_a_delivery_job_of_its_own_count_too(self, emails: MailAssertions) -> None:
        with emails.assert_emails(1):
            guests.invite().deliver_later()

    @pytest.mark.line("AM-043")
    def test_each_block_counts_its_own(self, emails: MailAssertions) -> None:
        with emails.assert_emails(1):
            deliver(WelcomeMailer)
        with emails.assert_emails(2):
            deliver(WelcomeMailer, WelcomeMailer)

    @pytest.mark.line("AM-044")
    def test_a_plain_call_counts_everything_so_far(self, emails: MailAssertions) -> None:
        deliver(WelcomeMailer)
        emails.assert_emails(1)
        deliver(WelcomeMailer)
        emails.assert_emails(2)

    @pytest.mark.line("AM-045")
    def test_a_message_that_is_only_made_does_not_count(self, emails: MailAssertions) -> None:
        with emails.assert_no_emails():
            assert WelcomeMailer.hello().message is not None
        emails.assert_no_emails()

    @pytest.mark.line("AM-046")
    def test_one_that_comes_later_is_one(self, emails: MailAssertions) -> None:
        with fails("0 emails expected, but 1 were sent"), emails.assert_no_emails():
            enqueue(WelcomeMailer)

    @pytest.mark.line("AM-050")
    def test_one_that_is_delivered_now_is_one(self, emails: MailAssertions) -> None:
        with fails("0 emails expected, but 1 were sent"), emails.assert_no_emails():
            deliver(WelcomeMailer)

    @pytest.mark.line("AM-047", "AM-048", "AM-049")
    def test_another_number_is_told_without_earlier_ones(self, emails: MailAssertions) -> None:
        deliver(WelcomeMailer)
        with fails("2 emails expected, but 1 were sent"), emails.assert_emails(2):
            deliver(WelcomeMailer)
        with fails("1 emails expected, but 2 were sent"), emails.assert_emails(1):
            deliver(WelcomeMailer, WelcomeMailer)

    def test_other_jobs_are_not_performed(self, emails: MailAssertions, queue: TestAdapter) -> None:
        with emails.assert_emails(0):
            PlainJob.perform_later()
        assert len(queue.enqueued) == 1

    @pytest.mark.line("AM-086")
    def test_a_block_goes_with_any_adapter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ActiveJob, "queue_adapter", InlineAdapter())
        emails = MailAssertions()
        with emails.assert_emails(2):
            enqueue(WelcomeMailer)
            deliver(WelcomeMailer)
        with pytest.raises(ConfigurationError, match="requires the Active Job test adapter"):
            emails.assert_enqueued_emails(0)


class TestCaptureEmails:
    @pytest.mark.line("AM-039")
    def test_it_gives_what_the_block_delivers(self, emails: MailAssertions) -> None:
        deliver(WelcomeMailer)
        with emails.capture_emails() as one:
            WelcomeMailer.hello("Ada").deliver_now()
        with emails.capture_emails() as two:
            enqueue(WelcomeMailer, SlowMailer)
        assert [message.body for message in one] == ["Hello Ada!"]
        assert len(two) == 2


class TestEnqueuedEmails:
    @pytest.mark.line("AM-051", "AM-054")
    def test_a_block_counts_what_it_enqueues(self, emails: MailAssertions) -> None:
        with emails.assert_enqueued_emails(3):
            enqueue(WelcomeMailer, SlowMailer)
            PlainJob.perform_later()
            send_mail_later("S", "B", None, ["a@example.com"])
        emails.assert_enqueued_emails(3)

    @pytest.mark.line("AM-052")
    def test_params_count_too(self, emails: MailAssertions) -> None:
        with emails.assert_enqueued_emails(1):
            guests.invite().deliver_later()

    @pytest.mark.line("AM-053", "AM-055")
    def test_another_number_fails(self, emails: MailAssertions) -> None:
        with fails("2 jobs expected, but 1 were enqueued."), emails.assert_enqueued_emails(2):
            enqueue(WelcomeMailer)
        with fails("1 jobs expected, but 2 were enqueued."), emails.assert_enqueued_emails(1):
            enqueue(WelcomeMailer, WelcomeMailer)

    @pytest.mark.line("AM-056", "AM-057")
    def test_what_is_delivered_now_is_not_enqueued(self, emails: MailAssertions) -> None:
        with emails.assert_no_enqueued_emails():
            deliver(WelcomeMailer)
            guests.invite().deliver_now()
        emails.assert_no_enqueued_emails()

    @pytest.mark.line("AM-058")
    def test_what_is_enqueued_is_some(self, emails: MailAssertions) -> None:
        with fails("0 jobs expected, but 1 were enqueued."), emails.assert_no_enqueued_emails():
            enqueue(WelcomeMailer)


class TestEnqueuedEmailWith:
    @pytest.mark.line("AM-059", "AM-068")
    def test_an_action_is_found_by_both_forms(self, emails: MailAssertions) -> None:
        with emails.assert_enqueued_email_with(WelcomeMailer, "hello") as found:
            enqueue(WelcomeMailer)
        assert found.job.arguments[:2] == [NAME, "hello"]
        emails.assert_enqueued_email_with(WelcomeMailer, "hello")

    @pytest.mark.line("AM-060", "AM-061", "AM-065", "AM-066", "AM-067")
    @pytest.mark.parametrize(
        ("mailer", "queue"),
        [
            (WelcomeMailer, "mailers"),
            (PlainQueueMailer, "default"),
            (SlowMailer, "slow"),
            (OwnQueueMailer, "own"),
        ],
    )
    def test_its_queue_is_that_of_the_mailer_unless_another_is_named(
        self, emails: MailAssertions, mailer: Any, queue: str
    ) -> None:
        enqueue(mailer)
        emails.assert_enqueued_email_with(mailer, "hello")
        emails.assert_enqueued_email_with(mailer, "hello", queue=queue)
        with fails("No enqueued job found with job="):
            emails.assert_enqueued_email_with(mailer, "hello", queue="other")

    @pytest.mark.line("AM-062", "AM-063")
    def test_its_queue_may_be_a_symbol(self, emails: MailAssertions) -> None:
        class SymbolMailer(WelcomeMailer):
            deliver_later_queue_name = Symbol("slow")

        enqueue(SymbolMailer)
        emails.assert_enqueued_email_with(SymbolMailer, "hello")
        emails.assert_enqueued_email_with(SymbolMailer, "hello", queue=Symbol("slow"))

    @pytest.mark.line("AM-064")
    def test_its_queue_may_have_a_prefix(
        self, emails: MailAssertions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ActiveJob, "queue_name_prefix", "shop")
        enqueue(WelcomeMailer)
        emails.assert_enqueued_email_with(WelcomeMailer, "hello", queue="shop_mailers")
        emails.assert_enqueued_email_with(WelcomeMailer, "hello")

    @pytest.mark.line("AM-069", "AM-070")
    def test_arguments_have_to_agree(self, emails: MailAssertions) -> None:
        with emails.assert_enqueued_email_with(WelcomeMailer, "hello", args=["Ada"]):
            WelcomeMailer.hello("Ada").deliver_later()
        emails.assert_enqueued_email_with(WelcomeMailer, "hello", args="Ada")
        for wrong in (None, ["Bob"], ["Ada", 1]):
            with fails("No enqueued job found with job=django_activejob.MailDeliveryJob, args="):
                emails.assert_enqueued_email_with(WelcomeMailer, "hello", args=wrong)

    @pytest.mark.line("AM-073")
    def test_keyword_arguments_have_to_agree(self, emails: MailAssertions) -> None:
        WelcomeMailer.hello("Ada", greeting="Hi").deliver_later()
        check: Callable[..., Any] = emails.assert_enqueued_email_with
        check(WelcomeMailer, "hello", args=["Ada", {"greeting": "Hi"}])
        check(WelcomeMailer, "hello", args=["Ada"], kwargs={"greeting": "Hi"})
        with pytest.raises(AssertionError, match=r"\{'greeting': 'Ho'\}\], params: None\}"):
            check(WelcomeMailer, "hello", args=["Ada"], kwargs={"greeting": "Ho"})

    @pytest.mark.line("AM-071", "AM-072", "AM-074", "AM-075", "AM-076")
    def test_params_have_to_agree(self, emails: MailAssertions) -> None:
        party = {"event": "party"}
        with emails.assert_enqueued_email_with(GuestMailer, "invite", params=party):
            guests.invite().deliver_later()
        guests.invite("Ada", place="there").deliver_later()
        emails.assert_enqueued_email_with(guests, "invite")
        emails.assert_enqueued_email_with(guests, "invite", args=["Ada", {"place": "there"}])
        emails.assert_enqueued_email_with(
            GuestMailer, "invite", params=party, args=["Ada", {"place": "there"}]
        )
        for wrong in (None, {"event": "wake"}):
            with fails("No enqueued job found"):
                emails.assert_enqueued_email_with(GuestMailer, "invite", params=wrong)

    @pytest.mark.line("AM-077", "AM-078", "AM-079")
    def test_callables_decide(self, emails: MailAssertions) -> None:
        guests.invite("Ada", place="there").deliver_later()
        check: Callable[..., Any] = emails.assert_enqueued_email_with
        given = {"args": lambda args: args == ["Ada", {"place": "there"}]}
        check(guests, "invite", **given)
        check(GuestMailer, "invite", params=lambda params: params["event"] == "party", **given)
        for wrong in ({"args": lambda args: False}, {**given, "params": lambda params: False}):
            with fails("No enqueued job found"):
                check(guests, "invite", **wrong)

    def test_another_action_is_not_it(self, emails: MailAssertions) -> None:
        enqueue(WelcomeMailer)
        with pytest.raises(AssertionError, match=r"'nothing'.*\n\nPotential matches:\n"):
            emails.assert_enqueued_email_with(WelcomeMailer, "nothing")


class TestDeliverEnqueuedEmails:
    @pytest.mark.line("AM-080", "AM-082")
    def test_a_plain_call_delivers_what_is_enqueued(self, emails: MailAssertions) -> None:
        enqueue(WelcomeMailer, SlowMailer)
        PlainJob.perform_later()
        assert emails.deliver_enqueued_emails() == 2
        assert len(mail.outbox) == 2
        emails.assert_enqueued_jobs(1)

    @pytest.mark.line("AM-081")
    def test_a_block_delivers_what_it_enqueues(self, emails: MailAssertions) -> None:
        with emails.deliver_enqueued_emails():
            enqueue(WelcomeMailer)
            assert len(mail.outbox) == 1

    @pytest.mark.line("AM-083")
    def test_other_queues_can_be_left_out(self, emails: MailAssertions) -> None:
        enqueue(WelcomeMailer, SlowMailer)
        emails.deliver_enqueued_emails(queue="slow")
        emails.assert_enqueued_emails(1)
        emails.assert_enqueued_email_with(WelcomeMailer, "hello")

    @pytest.mark.line("AM-084")
    def test_later_ones_can_be_left_out(self, emails: MailAssertions) -> None:
        WelcomeMailer.hello().deliver_later(wait_until=NOON)
        InvitingMailer.with_params().invitation().deliver_later()
        emails.deliver_enqueued_emails(at=datetime(2030, 5, 17, 11, tzinfo=UTC))
        emails.assert_enqueued_emails(1)


class TestTestCase:
    @pytest.mark.line("AM-085")
    @pytest.mark.django_db
    def test_a_setup_of_its_own_does_no_harm(self) -> None:
        class WelcomeTest(MailTestCase):
            def setUp(self) -> None:
                self.name = "Ada"

            def runTest(self) -> None:  # noqa: N802 - unittest looks for it
                with self.assert_emails(1):
                    WelcomeMailer.hello(self.name).deliver_later()

        result = WelcomeTest().run()
        assert result is not None
        assert result.wasSuccessful()

    @pytest.mark.line("AM-031", "AM-106")
    @pytest.mark.django_db
    def test_each_test_begins_without_mail(self) -> None:
        class SendingTest(MailTestCase):
            def runTest(self) -> None:  # noqa: N802 - unittest looks for it
                self.assert_emails(0)
                deliver(WelcomeMailer)
                self.assert_emails(1)

        result = unittest.TestResult()
        for _ in range(2):
            SendingTest()(result)
        assert (result.testsRun, result.errors, result.failures) == (2, [], [])
