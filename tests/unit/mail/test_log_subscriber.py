from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail

from django_activejob.mail import signals
from tests.unit.mail.furniture import WelcomeMailer

LOGGER = "django_activejob.mail"


def send_nothing(*args: Any, **options: Any) -> int:
    return 0


def fail(*args: Any, **options: Any) -> int:
    raise ValueError("no such\nserver")


@pytest.fixture
def events() -> Iterator[list[dict[str, Any]]]:
    seen: list[dict[str, Any]] = []

    def note(**facts: Any) -> None:
        seen.append(facts)

    signals.mail_processed.connect(note)
    signals.mail_delivered.connect(note)
    yield seen
    signals.mail_processed.disconnect(note)
    signals.mail_delivered.disconnect(note)


class TestLines:
    @pytest.mark.line("AM-099")
    def test_a_delivery_is_a_line_and_two_for_who_looks_closely(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG, LOGGER)
        message: Any = WelcomeMailer.hello().deliver_now()
        processed, delivered, encoded = (
            (record.levelname, record.getMessage()) for record in caplog.records
        )
        assert processed[0] == "DEBUG"
        assert "WelcomeMailer.hello: processed outbound mail in " in processed[1]
        assert delivered[0] == "INFO"
        assert delivered[1].startswith(f"Delivered mail {message.extra_headers['Message-ID']} (")
        assert encoded[0] == "DEBUG"
        assert "Hello you!" in encoded[1]

    def test_who_it_goes_to_is_for_who_looks_closely(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, LOGGER)
        WelcomeMailer.hello().deliver_now()
        assert "a@example.com" not in caplog.text

    @pytest.mark.line("AM-101")
    def test_a_failure_is_told_in_one_line_and_raised(
        self, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("django_activejob.mail.routing.send", fail)
        with pytest.raises(ValueError, match="no such"):
            WelcomeMailer.hello().deliver_now()
        line = caplog.records[-1].getMessage()
        assert "error_class=ValueError error_message='no such\\nserver'" in line

    def test_a_backend_that_sends_nothing_is_told(
        self, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        caplog.set_level(logging.INFO, LOGGER)
        monkeypatch.setattr("django_activejob.mail.routing.send", send_nothing)
        WelcomeMailer.hello().deliver_now()
        assert "Skipped delivery of mail" in caplog.text


class TestSignals:
    @pytest.mark.line("AM-149")
    def test_a_processed_action_is_told_with_its_arguments(
        self, events: list[dict[str, Any]]
    ) -> None:
        _ = WelcomeMailer.hello("Ada", greeting="Hi").message
        (event,) = events
        assert (event["sender"], event["mailer"].action_name) == (WelcomeMailer, "hello")
        assert (event["args"], event["kwargs"]) == (("Ada",), {"greeting": "Hi"})

    @pytest.mark.line("AM-102", "AM-150")
    def test_a_delivery_is_told_once_with_its_message(self, events: list[dict[str, Any]]) -> None:
        message: Any = WelcomeMailer.hello().deliver_now()
        (event,) = events[1:]
        assert event["message"] is message
        assert "Message-ID" in event["message"].extra_headers
        assert (event["sent"], event["error"]) == (1, None)
        assert event["seconds"] > 0

    @pytest.mark.line("AM-104", "AM-127", "AM-128")
    def test_a_failed_delivery_is_told_with_its_error(
        self, events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("django_activejob.mail.routing.send", fail)
        with pytest.raises(ValueError, match="no such"):
            WelcomeMailer.hello().deliver_now()
        assert isinstance(events[-1]["error"], ValueError)
        assert events[-1]["sent"] == 0
        assert mail.outbox == []
