"""``perform_deliveries`` and ``raise_delivery_errors``, and the forms that do not ask them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core import mail

from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import Outcome
from django_activejob.mail import after_deliver, deliver_all_later, send_mail_later, signals
from tests.unit.mail.furniture import WelcomeMailer, perform_all

LOGGER = "django_activejob.mail"


class QuietMailer(WelcomeMailer):
    perform_deliveries = False


class LenientMailer(WelcomeMailer):
    raise_delivery_errors = False


class NotingMailer(WelcomeMailer):
    perform_deliveries = False
    noted: list[Any]

    @after_deliver
    def note(self) -> None:
        type(self).noted.append(self.message)


@pytest.fixture
def events() -> Iterator[list[dict[str, Any]]]:
    seen: list[dict[str, Any]] = []

    def note(**facts: Any) -> None:
        seen.append(facts)

    signals.mail_delivered.connect(note)
    yield seen
    signals.mail_delivered.disconnect(note)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail server that answers nonsense."""

    def fail(*args: Any, **options: Any) -> int:
        raise ValueError("no such server")

    monkeypatch.setattr("django_activejob.mail.routing.send", fail)


class TestPerformDeliveries:
    @pytest.mark.line("AM-125", "AM-126")
    def test_without_it_nothing_is_sent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        calls: list[Any] = []
        monkeypatch.setattr("django_activejob.mail.routing.send", calls.append)
        assert QuietMailer.hello().deliver_now() is not None
        assert calls == []
        assert mail.outbox == []

    def test_callbacks_run_all_the_same(self) -> None:
        NotingMailer.noted = []
        NotingMailer.hello().deliver_now()
        assert len(NotingMailer.noted) == 1

    @pytest.mark.line("AM-100")
    def test_the_line_says_that_it_was_skipped(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, LOGGER)
        message: Any = QuietMailer.hello().deliver_now()
        id = message.extra_headers["Message-ID"]
        line = f"Skipped delivery of mail {id}: `perform_deliveries` is False"
        assert line in [record.getMessage() for record in caplog.records]

    @pytest.mark.line("AM-103")
    def test_the_signal_says_it_too(self, events: list[dict[str, Any]]) -> None:
        message = QuietMailer.hello().deliver_now()
        [event] = events
        assert event["message"] is message
        assert (event["sent"], event["mailer"].perform_deliveries) == (0, False)
        WelcomeMailer.hello().deliver_now()
        assert (events[1]["sent"], events[1]["mailer"].perform_deliveries) == (1, True)

    def test_the_setting_is_for_all_mail(self, settings: Any, queue: TestAdapter) -> None:
        send_mail_later("S", "B", None, ["a@example.com"])
        settings.ACTIVE_JOB = {**settings.ACTIVE_JOB, "MAIL_PERFORM_DELIVERIES": False}
        WelcomeMailer.hello().deliver_now()
        [execution] = perform_all(queue)
        assert execution.outcome is Outcome.PERFORMED
        assert mail.outbox == []


@pytest.mark.usefixtures("broken")
class TestRaiseDeliveryErrors:
    @pytest.mark.line("AM-129", "AM-130")
    def test_without_it_an_error_is_only_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        LenientMailer.hello().deliver_now()
        assert mail.outbox == []
        [record] = [each for each in caplog.records if each.levelname == "WARNING"]
        assert "Failed delivery of mail" in record.getMessage()

    def test_the_setting_is_for_all_mail(self, settings: Any) -> None:
        settings.ACTIVE_JOB = {**settings.ACTIVE_JOB, "MAIL_RAISE_DELIVERY_ERRORS": False}
        assert WelcomeMailer.hello().deliver_now() is not None

    def test_an_error_of_the_action_is_raised_whatever_it_says(self) -> None:
        with pytest.raises(TypeError):
            LenientMailer.hello(unknown=1).deliver_now()  # type: ignore[call-arg]

    def test_force_raises_it(self) -> None:
        with pytest.raises(ValueError, match="no such server"):
            LenientMailer.hello().deliver_now(force=True)


class TestForce:
    @pytest.mark.line("AM-006", "AM-088")
    def test_it_sends_whatever_the_switch_says_with_callbacks(self) -> None:
        NotingMailer.noted = []
        message = NotingMailer.hello().deliver_now(force=True)
        assert len(mail.outbox) == 1
        assert NotingMailer.noted == [message]

    def test_the_class_stays_as_it_was(self) -> None:
        QuietMailer.hello().deliver_now(force=True)
        QuietMailer.hello().deliver_now()
        assert len(mail.outbox) == 1

    @pytest.mark.line("AM-004", "AM-008")
    def test_later_it_travels_as_action_mailers_method(self, queue: TestAdapter) -> None:
        QuietMailer.hello("Ada").deliver_later(force=True)
        [envelope] = queue.enqueued
        assert envelope.payload["arguments"][1:3] == ["hello", "deliver_now!"]
        perform_all(queue)
        assert "Hello Ada!" in mail.outbox[0].body

    @pytest.mark.line("AM-018")
    def test_many_at_once_too(self, queue: TestAdapter) -> None:
        deliver_all_later([QuietMailer.hello("Ada"), QuietMailer.hello("Bob")], force=True)
        assert [each.payload["arguments"][2] for each in queue.enqueued] == ["deliver_now!"] * 2
        perform_all(queue)
        assert len(mail.outbox) == 2

    def test_both_can_be_awaited(self, queue: TestAdapter) -> None:
        async_to_sync(QuietMailer.hello().adeliver_now)(force=True)
        async_to_sync(QuietMailer.hello().adeliver_later)(force=True)
        assert len(mail.outbox) == 1
        assert queue.enqueued[0].payload["arguments"][2] == "deliver_now!"
