from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail

from django_activejob import Abort
from django_activejob.adapters.test import TestAdapter
from django_activejob.errors import ConfigurationError
from django_activejob.mail import (
    Mailer,
    action,
    after_action,
    after_deliver,
    around_action,
    around_deliver,
    before_action,
    before_deliver,
    rescue_from,
)
from tests.jobs import buffer
from tests.unit.mail.furniture import WelcomeMailer, perform_all


class MyError(Exception):
    pass


class TalkingMailer(WelcomeMailer):
    @before_action
    def begin(self) -> None:
        buffer.add("before action")

    @around_action
    def wrap(self) -> Iterator[None]:
        buffer.add("around action")
        yield
        buffer.add("around action ends")

    @after_action
    def end(self) -> None:
        buffer.add(f"after action {self.action_name}")

    @before_deliver
    def look(self) -> None:
        assert self.message is not None
        buffer.add(f"before deliver {'Message-ID' in self.message.extra_headers}")

    @around_deliver
    def time(self) -> Iterator[None]:
        yield
        buffer.add("around deliver")

    @after_deliver
    def note(self) -> None:
        assert self.message is not None
        buffer.add(f"after deliver {'Message-ID' in self.message.extra_headers}")


class AbortingMailer(Mailer):
    @before_action(only="never_made")
    def refuse_to_make(self) -> None:
        raise Abort

    @before_deliver(only=["never_sent"])
    def refuse_to_send(self) -> None:
        raise Abort

    @after_deliver
    def note(self) -> None:
        buffer.add(f"delivered {self.message}")

    @action
    def never_made(self) -> None:
        self.mail(to="a@example.com", body="Hi")

    @action
    def never_sent(self) -> None:
        self.mail(to="a@example.com", body="Hi")


class LimitedMailer(Mailer):
    @before_deliver(only="one")
    def before_one(self) -> None:
        buffer.add(f"before {self.action_name}")

    @after_deliver(except_=["one"])
    def after_others(self) -> None:
        buffer.add(f"after {self.action_name}")

    @around_deliver(only=["two"], except_="unknown")
    def around_two(self) -> Iterator[None]:
        buffer.add(f"around {self.action_name}")
        yield

    @action
    def one(self) -> None:
        self.mail(to="a@example.com", body="One")

    @action
    def two(self) -> None:
        self.mail(to="a@example.com", body="Two")


class StrictMailer(LimitedMailer):
    raise_on_missing_callback_actions = True


class SwallowingMailer(Mailer):
    @after_deliver
    def note(self) -> None:
        buffer.add("after deliver")

    @around_deliver
    def swallow(self) -> Iterator[None]:
        try:
            yield
        except MyError:
            buffer.add("swallowed")

    @rescue_from(MyError)
    def rescue(self, error: MyError) -> None:
        buffer.add(f"rescued {error}")

    @action
    def failing_action(self) -> None:
        raise MyError("in the action")

    @action
    def failing_delivery(self) -> None:
        self.mail(to="a@example.com", body="Hi")


@pytest.fixture
def broken_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    def send(*args: Any, **options: Any) -> int:
        raise MyError("in the delivery")

    monkeypatch.setattr("django_activejob.mail.routing.send", send)


class TestOrder:
    @pytest.mark.line("AM-087")
    def test_they_run_around_the_action_and_around_the_delivery(self) -> None:
        TalkingMailer.hello().deliver_now()
        assert buffer.lines() == [
            "before action",
            "around action",
            "after action hello",
            "around action ends",
            "before deliver False",
            "after deliver True",
            "around deliver",
        ]

    @pytest.mark.line("AM-091")
    def test_they_run_in_the_job_too(self, queue: TestAdapter) -> None:
        TalkingMailer.hello().deliver_later()
        assert buffer.lines() == []
        perform_all(queue)
        assert "after deliver True" in buffer.lines()

    def test_they_are_no_actions(self) -> None:
        assert set(TalkingMailer.actions()) == {"mail", "hello", "nothing"}


class TestAborting:
    @pytest.mark.line("AM-089")
    def test_a_before_action_can_leave_the_message_unmade(self) -> None:
        delivery = AbortingMailer.never_made()
        assert delivery.deliver_now() is None
        assert mail.outbox == []

    @pytest.mark.line("AM-090")
    def test_a_before_deliver_can_prevent_the_delivery(self) -> None:
        delivery = AbortingMailer.never_sent()
        assert delivery.deliver_now() is False
        assert mail.outbox == []
        assert delivery.message is not None
        assert "Message-ID" not in delivery.message.extra_headers
        assert buffer.lines() == []


class TestLimits:
    @pytest.mark.line("AM-092", "AM-093", "AM-094")
    def test_they_run_for_the_actions_that_they_are_limited_to(self) -> None:
        LimitedMailer.one().deliver_now()
        assert buffer.lines() == ["before one"]
        LimitedMailer.two().deliver_now()
        assert buffer.lines()[1:] == ["around two", "after two"]

    @pytest.mark.line("AM-095")
    def test_an_unknown_action_is_of_no_importance(self) -> None:
        assert LimitedMailer.one().deliver_now()

    @pytest.mark.line("AM-096")
    def test_an_unknown_action_can_be_refused(self) -> None:
        message = r"StrictMailer\.around_two: it is limited by the action 'unknown'"
        with pytest.raises(ConfigurationError, match=message):
            StrictMailer.one().deliver_now()


class TestErrors:
    @pytest.mark.line("AM-097")
    def test_that_of_an_action_is_rescued_before_the_delivery_begins(self) -> None:
        assert SwallowingMailer.failing_action().deliver_now() is None
        assert buffer.lines() == ["rescued in the action", "after deliver"]

    @pytest.mark.line("AM-098")
    @pytest.mark.usefixtures("broken_delivery")
    def test_that_of_a_delivery_can_be_swallowed_before_it_is_rescued(self) -> None:
        SwallowingMailer.failing_delivery().deliver_now()
        assert buffer.lines() == ["swallowed", "after deliver"]
