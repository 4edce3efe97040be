from __future__ import annotations

from datetime import timedelta
from typing import Any

import django
import pytest
from asgiref.sync import async_to_sync
from django.core import mail
from django.utils import translation
from django.utils.translation import gettext_lazy

from django_activejob import send_mail_later
from django_activejob.adapters.test import TestAdapter
from django_activejob.errors import ConfigurationError
from django_activejob.job.execution import execute
from django_activejob.mail import (
    amail_admins_later,
    amail_managers_later,
    asend_mail_later,
    asend_mass_mail_later,
    mail_admins_later,
    mail_managers_later,
    send_mass_mail_later,
)
from tests.unit.conftest import Clock
from tests.unit.mail.furniture import fields_of, perform_all


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
        assert [tuple(part) for part in message.alternatives] == [("<p>Hello!</p>", "text/html")]

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
        fields = fields_of(queue)
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

    def test_an_address_that_is_none_is_refused_at_once(self, queue: TestAdapter) -> None:
        with pytest.raises(ValueError, match="Invalid address 'not an address'"):
            send("a@example.com", "not an address")
        assert queue.enqueued == []

    def test_an_option_that_is_none_is_named(self) -> None:
        with pytest.raises(TypeError, match="no such option"):
            send("a@example.com", in_a_minute=True)

    def test_it_may_be_awaited(self, queue: TestAdapter) -> None:
        async_to_sync(asend_mail_later)("Hi", "Hello!", None, ["a@example.com"], priority=3)
        assert queue.enqueued[0].priority == 3


class TestSendMassMailLater:
    DATA = (
        ("One", "Hello!", "shop@example.com", ["a@example.com"]),
        ("Two", "Hello!", None, ["b@example.com", "c@example.com"]),
        ("Nobody", "Hello!", None, []),
    )

    def test_each_mail_with_a_recipient_is_a_job(self, queue: TestAdapter) -> None:
        jobs = send_mass_mail_later(self.DATA, queue="mass")
        assert [job.successfully_enqueued for job in jobs] == [True, True]
        assert {envelope.queue_name for envelope in queue.enqueued} == {"mass"}

    def test_workers_send_what_send_mass_mail_would_send(self, queue: TestAdapter) -> None:
        send_mass_mail_later(self.DATA)
        perform_all(queue)
        assert [(m.subject, m.to) for m in mail.outbox] == [
            ("One", ["a@example.com"]),
            ("Two", ["b@example.com", "c@example.com"]),
        ]

    def test_one_that_cannot_be_sent_keeps_all_of_them_here(self, queue: TestAdapter) -> None:
        with pytest.raises(ValueError, match="Invalid address"):
            send_mass_mail_later((*self.DATA, ("Bad", "Hello!", None, ["nowhere at all"])))
        assert queue.enqueued == []

    def test_it_may_be_awaited(self, queue: TestAdapter) -> None:
        async_to_sync(asend_mass_mail_later)(self.DATA)
        assert len(queue.enqueued) == 2


@pytest.fixture(params=["texts", "pairs"])
def people(request: pytest.FixtureRequest, settings: Any) -> None:
    """ADMINS and MANAGERS, as they are written since and before Django 6.0."""
    address = "boss@example.com"
    settings.ADMINS = [address if request.param == "texts" else ("Boss", address)]
    settings.MANAGERS = settings.ADMINS
    settings.EMAIL_SUBJECT_PREFIX = "[Shop] "
    settings.SERVER_EMAIL = "server@example.com"


@pytest.mark.usefixtures("people")
class TestMailAdminsLater:
    def test_a_worker_sends_what_mail_admins_would_send(self, queue: TestAdapter) -> None:
        mail_admins_later("Fire", "It burns", html_message="<p>It burns</p>", priority=1)
        assert queue.enqueued[0].priority == 1
        perform_all(queue)
        (message,) = mail.outbox
        assert (message.subject, message.body) == ("[Shop] Fire", "It burns")
        assert (message.from_email, message.to) == ("server@example.com", ["boss@example.com"])
        assert [tuple(part) for part in message.alternatives] == [("<p>It burns</p>", "text/html")]

    def test_managers_are_written_to_in_the_same_way(self, queue: TestAdapter) -> None:
        mail_managers_later("Fire", "It burns")
        perform_all(queue)
        assert mail.outbox[0].to == ["boss@example.com"]

    def test_both_may_be_awaited(self, queue: TestAdapter) -> None:
        async_to_sync(amail_admins_later)("Fire", "It burns")
        async_to_sync(amail_managers_later)("Fire", "It burns")
        assert len(queue.enqueued) == 2


class TestNobodyToMail:
    def test_without_admins_nothing_is_enqueued(self, queue: TestAdapter, settings: Any) -> None:
        settings.ADMINS = []
        assert mail_admins_later("Fire", "It burns") is False
        assert queue.enqueued == []

    def test_a_setting_that_holds_something_else_is_refused(self, settings: Any) -> None:
        settings.MANAGERS = [42]
        with pytest.raises(ConfigurationError, match="MANAGERS: it has to be a list of email"):
            mail_managers_later("Fire", "It burns")


class TestMailers:
    @pytest.mark.skipif(django.VERSION < (6, 1), reason="mailers came with Django 6.1")
    def test_an_unknown_one_is_refused_with_those_there_are(self) -> None:
        with pytest.raises(ConfigurationError, match=r"has no such alias\. There are: default"):
            send("a@example.com", using="marketing")

    @pytest.mark.skipif(django.VERSION < (6, 1), reason="mailers came with Django 6.1")
    def test_a_known_one_sends_it(self, queue: TestAdapter) -> None:
        send("a@example.com", using="default")
        execute(queue.enqueued.pop(), adapter=queue)
        assert mail.outbox[0].sent_using == "default"
