from __future__ import annotations

from datetime import timedelta
from typing import Any

import django
import pytest
from django.core import mail
from django.utils import translation
from django.utils.translation import gettext_lazy

from django_activejob import send_mail_later
from django_activejob.adapters.test import TestAdapter
from django_activejob.errors import ConfigurationError
from django_activejob.job.execution import execute
from tests.unit.conftest import Clock


def send(*to: str, **options: Any) -> Any:
    return send_mail_later("Welcome", "Hello!", "shop@example.com", list(to), **options)


class TestSendMailLater:
    def test_a_worker_sends_what_send_mail_would_send(self, queue: TestAdapter) -> None:
        send("a@example.com", "b@example.com", html_message="<p>Hello!</p>")
        execute(queue.enqueued.pop(), adapter=queue)
        (message,) = mail.outbox
        assert (message.subject, message.body) == ("Welcome", "Hello!")
        assert message.from_email == "shop@example.com"
        assert message.to == ["a@example.com", "b@example.com"]
        assert [tuple(part) for part in message.alternatives] == [("<p>Hello!</p>", "text/html")]  # type: ignore[attr-defined]  # it has alternatives

    def test_nothing_is_sent_before(self, queue: TestAdapter) -> None:
        send("a@example.com")
        assert mail.outbox == []

    def test_the_job_goes_to_the_queue_for_mail(self, queue: TestAdapter, still: Clock) -> None:
        send("a@example.com")
        send("a@example.com", wait=60, queue="slow", priority=9)
        first, second = queue.enqueued
        assert first.payload["job_class"] == "django_activejob.MailDeliveryJob"
        assert (first.queue_name, first.scheduled_at) == ("mailers", None)
        assert (second.queue_name, second.priority) == ("slow", 9)
        assert second.scheduled_at == still.time + timedelta(minutes=1)

    def test_the_message_id_is_fixed_when_it_is_enqueued(self, queue: TestAdapter) -> None:
        send("a@example.com")
        envelope = queue.enqueued.pop()
        execute(envelope, adapter=queue)
        execute(envelope, adapter=queue)
        ids = {message.message()["Message-ID"] for message in mail.outbox}
        assert len(mail.outbox) == 2
        assert len(ids) == 1

    def test_lazy_texts_are_forced_in_the_language_of_the_enqueuer(
        self, queue: TestAdapter
    ) -> None:
        with translation.override("de"):
            send_mail_later(gettext_lazy("Yes"), gettext_lazy("No"), None, ["a@example.com"])
        fields = queue.enqueued[0].payload["arguments"][0]
        assert (fields["subject"], fields["body"]) == ("Ja", "Nein")

    def test_without_recipients_nothing_is_enqueued(self, queue: TestAdapter) -> None:
        assert send() is False
        assert queue.enqueued == []

    def test_what_cannot_be_sent_is_said_at_once(self, queue: TestAdapter) -> None:
        with pytest.raises(ValueError, match=r"newlines|linefeed"):
            send_mail_later("Bad\nsubject", "Hello!", None, ["a@example.com"])
        assert queue.enqueued == []

    def test_arguments_of_mail_are_not_logged(self, queue: TestAdapter) -> None:
        job = send("a@example.com")
        assert job.log_arguments is False


class TestMailers:
    @pytest.mark.skipif(django.VERSION < (6, 1), reason="mailers came with Django 6.1")
    def test_an_unknown_one_is_refused_with_those_there_are(self) -> None:
        with pytest.raises(ConfigurationError, match=r"has no such alias\. There are: default"):
            send("a@example.com", using="marketing")

    @pytest.mark.skipif(django.VERSION < (6, 1), reason="mailers came with Django 6.1")
    def test_a_known_one_sends_it(self, queue: TestAdapter) -> None:
        send("a@example.com", using="default")
        execute(queue.enqueued.pop(), adapter=queue)
        assert mail.outbox[0].sent_using == "default"  # type: ignore[attr-defined]  # new in 6.1

    @pytest.mark.skipif(django.VERSION >= (6, 1), reason="mailers came with Django 6.1")
    def test_before_there_were_mailers_they_cannot_be_named(self) -> None:
        with pytest.raises(ConfigurationError, match=r"came with Django 6\.1"):
            send("a@example.com", using="marketing")
