from __future__ import annotations

from typing import Any

import django
import pytest
from asgiref.sync import async_to_sync
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives

from django_activejob.adapters.test import TestAdapter
from django_activejob.errors import ConfigurationError, SerializationError
from django_activejob.mail import (
    DeliverLaterMixin,
    adeliver_later,
    deliver_later,
    register_message_class,
)
from tests.unit.mail.furniture import content_of, fields_of, perform_all


@register_message_class
class Letter(DeliverLaterMixin, EmailMultiAlternatives):
    pass


def a_message() -> EmailMessage:
    return EmailMessage(
        "Subject", "Body", "shop@example.com", ["a@example.com"], headers={"Message-ID": "<1@b.c>"}
    )


class TestDeliverLater:
    def test_a_worker_sends_what_send_would_send(self, queue: TestAdapter) -> None:
        message = a_message()
        message.attach("report.pdf", b"%PDF\x00\xff", "application/pdf")
        deliver_later(message)
        perform_all(queue)
        assert content_of(mail.outbox[0]) == content_of(message)

    def test_what_is_changed_afterwards_is_not_sent(self, queue: TestAdapter) -> None:
        message = a_message()
        deliver_later(message)
        message.to.append("b@example.com")
        perform_all(queue)
        assert mail.outbox[0].to == ["a@example.com"]

    def test_without_recipients_nothing_is_enqueued(self, queue: TestAdapter) -> None:
        assert deliver_later(EmailMessage("S", "B")) is False
        assert queue.enqueued == []

    def test_it_may_be_awaited(self, queue: TestAdapter) -> None:
        async_to_sync(adeliver_later)(a_message(), queue="other")
        assert queue.enqueued[0].queue_name == "other"

    @pytest.mark.parametrize("header", ["X-Kind", "List-Unsubscribe"])
    def test_a_newline_brings_in_no_header(self, queue: TestAdapter, header: str) -> None:
        message = a_message()
        message.extra_headers[header] = "one\nBcc: b@example.com"
        with pytest.raises(ValueError, match=r"newlines|linefeed"):
            deliver_later(message)
        assert queue.enqueued == []

    def test_a_connection_object_is_refused(self, queue: TestAdapter) -> None:
        message: Any = a_message()
        vars(message)["_connection" if django.VERSION >= (6, 1) else "connection"] = object()
        with pytest.raises(SerializationError, match="a connection object, which cannot travel"):
            deliver_later(message)
        assert queue.enqueued == []

    def test_a_mailer_that_is_not_there_is_refused(self, queue: TestAdapter) -> None:
        with pytest.raises(ConfigurationError, match="using='lost'"):
            deliver_later(a_message(), using="lost")
        assert queue.enqueued == []


class TestDeliverLaterMixin:
    def test_a_message_can_deliver_itself(self, queue: TestAdapter) -> None:
        Letter("S", "B", "a@example.com", ["b@example.com"]).deliver_later(priority=3)
        assert queue.enqueued[0].priority == 3
        assert fields_of(queue)["class"].endswith("test_messages.Letter")

    def test_it_may_be_awaited(self, queue: TestAdapter) -> None:
        letter = Letter("S", "B", "a@example.com", ["b@example.com"])
        async_to_sync(letter.adeliver_later)()
        assert len(queue.enqueued) == 1
