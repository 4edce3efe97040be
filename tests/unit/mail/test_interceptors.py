from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from django_activejob import Abort
from django_activejob.adapters.test import TestAdapter
from django_activejob.mail import (
    interceptors,
    register_interceptor,
    register_observer,
    send_mail_later,
    unregister_interceptor,
    unregister_observer,
)
from tests.unit.mail.furniture import WelcomeMailer, perform_all

HERE = __name__


class Sandbox:
    """Sends all mail to the developers."""

    @classmethod
    def delivering_email(cls, message: EmailMessage) -> None:
        message.to = ["developers@example.com"]


class Witness:
    seen: ClassVar[list[str]] = []

    @classmethod
    def delivered_email(cls, message: EmailMessage) -> None:
        cls.seen.append(message.subject)


class SecondWitness(Witness):
    seen: ClassVar[list[str]] = []


def add_footer(message: EmailMessage) -> None:
    message.body += "\n-- \nThe shop"


def keep_back(message: EmailMessage) -> None:
    raise Abort


def complain(message: EmailMessage) -> None:
    raise ValueError("an observer that is broken")


@pytest.fixture(autouse=True)
def none_registered() -> Iterator[None]:
    yield
    interceptors._interceptors.clear()
    interceptors._observers.clear()
    Witness.seen.clear()
    SecondWitness.seen.clear()


class TestInterceptors:
    @pytest.mark.line("AM-144")
    def test_a_class_changes_what_goes_out_until_it_is_taken_away(self) -> None:
        register_interceptor(Sandbox)
        WelcomeMailer.hello().deliver_now()
        unregister_interceptor(Sandbox)
        WelcomeMailer.hello().deliver_now()
        assert [message.to for message in mail.outbox] == [
            ["developers@example.com"],
            ["a@example.com"],
        ]

    @pytest.mark.line("AM-145")
    def test_a_dotted_path_names_one(self) -> None:
        register_interceptor(f"{HERE}.Sandbox")
        WelcomeMailer.hello().deliver_now()
        unregister_interceptor(f"{HERE}.Sandbox")
        WelcomeMailer.hello().deliver_now()
        assert mail.outbox[0].to == ["developers@example.com"]
        assert mail.outbox[1].to == ["a@example.com"]

    @pytest.mark.line("AM-147")
    def test_several_come_one_after_the_other(self) -> None:
        register_interceptor(Sandbox, f"{HERE}.add_footer")
        WelcomeMailer.hello().deliver_now()
        assert mail.outbox[0].to == ["developers@example.com"]
        assert mail.outbox[0].body.endswith("The shop")
        unregister_interceptor(Sandbox, add_footer)
        WelcomeMailer.hello().deliver_now()
        assert not mail.outbox[1].body.endswith("The shop")

    def test_one_can_keep_a_message_back(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, "django_activejob.mail")
        register_interceptor(keep_back)
        WelcomeMailer.hello().deliver_now()
        assert mail.outbox == []
        assert "an interceptor kept it" in caplog.text

    def test_the_setting_names_those_of_the_project(
        self, settings: Any, queue: TestAdapter
    ) -> None:
        send_mail_later("S", "B", None, ["a@example.com"])
        settings.ACTIVE_JOB = {**settings.ACTIVE_JOB, "MAIL_INTERCEPTORS": [f"{HERE}.Sandbox"]}
        perform_all(queue)
        assert mail.outbox[0].to == ["developers@example.com"]

    def test_one_that_was_never_there_can_be_taken_away(self) -> None:
        unregister_interceptor(Sandbox)


class TestObservers:
    @pytest.mark.line("AM-140")
    def test_a_class_is_told_until_it_is_taken_away(self) -> None:
        register_observer(Witness)
        WelcomeMailer.hello().deliver_now()
        unregister_observer(Witness)
        WelcomeMailer.hello().deliver_now()
        assert Witness.seen == ["Welcome"]

    @pytest.mark.line("AM-141")
    def test_a_dotted_path_names_one(self) -> None:
        register_observer(f"{HERE}.Witness")
        WelcomeMailer.hello().deliver_now()
        unregister_observer(f"{HERE}.Witness")
        WelcomeMailer.hello().deliver_now()
        assert Witness.seen == ["Welcome"]

    @pytest.mark.line("AM-143")
    def test_several_are_told(self) -> None:
        register_observer(Witness, SecondWitness)
        WelcomeMailer.hello().deliver_now()
        unregister_observer(Witness, SecondWitness)
        WelcomeMailer.hello().deliver_now()
        assert Witness.seen == SecondWitness.seen == ["Welcome"]

    def test_the_setting_names_those_of_the_project(self, settings: Any) -> None:
        settings.ACTIVE_JOB = {**settings.ACTIVE_JOB, "MAIL_OBSERVERS": [f"{HERE}.Witness"]}
        WelcomeMailer.hello().deliver_now()
        assert Witness.seen == ["Welcome"]

    def test_one_that_raises_harms_nobody(self, caplog: pytest.LogCaptureFixture) -> None:
        register_observer(complain)
        assert WelcomeMailer.hello().deliver_now()
        assert len(mail.outbox) == 1
        assert "an observer that is broken" in caplog.text

    @pytest.mark.parametrize(("raises", "told"), [(True, []), (False, ["Welcome"])])
    def test_of_an_error_it_hears_only_when_that_is_kept_silent(
        self, monkeypatch: pytest.MonkeyPatch, raises: bool, told: list[str]
    ) -> None:
        class TryingMailer(WelcomeMailer):
            raise_delivery_errors = raises

        def fail(*args: Any, **options: Any) -> int:
            raise ValueError("no such server")

        register_observer(Witness)
        monkeypatch.setattr("django_activejob.mail.routing.send", fail)
        if raises:
            with pytest.raises(ValueError, match="no such server"):
                TryingMailer.hello().deliver_now()
        else:
            TryingMailer.hello().deliver_now()
        assert Witness.seen == told
