from __future__ import annotations

import json
import logging
from typing import Any

import django
import pytest
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMessage, send_mail, send_mass_mail
from django.core.mail.backends.locmem import EmailBackend as MemoryBackend
from django.utils.log import AdminEmailHandler

from django_activejob.adapters.test import TestAdapter
from django_activejob.errors import AdapterUnavailable, ConfigurationError, EnqueueError
from django_activejob.mail import Mailer
from django_activejob.mail.backends import QueuedEmailBackend
from tests.unit.mail.furniture import keywords_of, perform_all

HAS_MAILERS = django.VERSION >= (6, 1)
QUEUED = "django_activejob.mail.backends.QueuedEmailBackend"
MEMORY = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def queueing(settings: Any) -> None:
    """A project whose mail is queued."""
    if HAS_MAILERS:
        options = {"using": "memory", "queue": "mail", "priority": 4}
        settings.MAILERS = {
            "default": {"BACKEND": QUEUED, "OPTIONS": options},
            "memory": {"BACKEND": MEMORY},
        }
    else:
        settings.EMAIL_BACKEND = QUEUED
        settings.ACTIVE_JOB = {"QUEUE_ADAPTER": "test", "EMAIL_BACKEND": MEMORY}


@pytest.fixture
def queue(queueing: None, queue: TestAdapter) -> TestAdapter:
    """The test adapter, as the settings of the project have it."""
    from django_activejob import handler

    adapter = handler.adapter("test")
    assert isinstance(adapter, TestAdapter)
    return adapter


def misconfigured(settings: Any, inner: Any) -> str:
    """Lets the queueing mailer stand for ``inner``; returns where that is written."""
    if HAS_MAILERS:
        settings.MAILERS = {
            "default": {"BACKEND": QUEUED, "OPTIONS": {"using": inner}},
            "queued": {"BACKEND": QUEUED, "OPTIONS": {"using": "default"}},
        }
        return 'MAILERS["default"]["OPTIONS"]["using"]'
    settings.EMAIL_BACKEND = QUEUED
    settings.ACTIVE_JOB = {"QUEUE_ADAPTER": "test", "EMAIL_BACKEND": QUEUED}
    return 'ACTIVE_JOB["EMAIL_BACKEND"]'


class TestQueuing:
    def test_send_mail_enqueues_and_workers_send(self, queue: TestAdapter) -> None:
        assert send_mail("S", "B", "a@example.com", ["b@example.com"]) == 1
        assert mail.outbox == []
        perform_all(queue)
        assert [message.subject for message in mail.outbox] == ["S"]
        assert queue.enqueued == []

    def test_many_messages_are_counted(self, queue: TestAdapter) -> None:
        data = [("S", "B", None, ["a@example.com"]), ("S", "B", None, [])]
        assert send_mass_mail(data) == 1
        assert len(queue.enqueued) == 1

    def test_a_message_sends_itself_through_it(self, queue: TestAdapter) -> None:
        assert EmailMessage("S", "B", "a@example.com", ["b@example.com"]).send() == 1
        assert len(queue.enqueued) == 1

    @pytest.mark.skipif(not HAS_MAILERS, reason="mailers came with Django 6.1")
    def test_its_options_are_those_of_the_job(self, queue: TestAdapter) -> None:
        send_mail("S", "B", "a@example.com", ["b@example.com"])
        (envelope,) = queue.enqueued
        assert (envelope.queue_name, envelope.priority) == ("mail", 4)
        assert keywords_of(envelope.payload)["args"][1] == "default"

    def test_mailers_go_through_to_what_sends(self, queue: TestAdapter) -> None:
        Mailer.mail(to="a@example.com", body="Hi").deliver_now()
        assert len(mail.outbox) == 1
        assert queue.enqueued == []

    @pytest.mark.django_db
    def test_a_password_reset_goes_to_the_background(
        self, queue: TestAdapter, settings: Any
    ) -> None:
        settings.ROOT_URLCONF = "django.contrib.auth.urls"
        User.objects.create_user("ada", "ada@example.com", "difference")
        form = PasswordResetForm({"email": "ada@example.com"})
        assert form.is_valid()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.contrib.auth.forms.loader.render_to_string", lambda *_: "text")
            form.save(domain_override="example.com")
        perform_all(queue)
        assert mail.outbox[0].to == ["ada@example.com"]

    def test_mail_about_errors_goes_to_the_background(
        self, queue: TestAdapter, settings: Any
    ) -> None:
        settings.ADMINS = (
            ["boss@example.com"] if django.VERSION >= (6, 0) else [("Boss", "boss@example.com")]
        )
        record = logging.LogRecord("shop", logging.ERROR, "shop.py", 1, "It burns", (), None)
        AdminEmailHandler().handle(record)
        perform_all(queue)
        assert "It burns" in mail.outbox[0].subject


class TestErrors:
    @pytest.mark.usefixtures("queueing")
    def test_what_cannot_be_sent_is_said_at_once(self) -> None:
        with pytest.raises(ValueError, match="Invalid address"):
            send_mail("S", "B", "a@example.com", ["no address"])

    def test_a_queue_that_is_away_is_an_error(
        self, queue: TestAdapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queue, "enqueue_all", _raising(AdapterUnavailable("away")))
        with pytest.raises(AdapterUnavailable):
            send_mail("S", "B", "a@example.com", ["b@example.com"])

    def test_a_refusal_is_an_error(
        self, queue: TestAdapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queue, "enqueue", _raising(EnqueueError("full")))
        with pytest.raises(EnqueueError, match="full"):
            send_mail("S", "B", "a@example.com", ["b@example.com"])

    @pytest.mark.parametrize("error", [AdapterUnavailable("away"), EnqueueError("full")])
    def test_both_can_be_kept_silent(
        self, queue: TestAdapter, monkeypatch: pytest.MonkeyPatch, error: Exception
    ) -> None:
        monkeypatch.setattr(queue, "enqueue", _raising(error))
        backend = QueuedEmailBackend(fail_silently=True)
        assert backend.send_messages([EmailMessage("S", "B", None, ["b@example.com"])]) == 0

    @pytest.mark.parametrize("name", ["username", "password"])
    def test_a_password_is_refused(self, name: str) -> None:
        with pytest.raises(ConfigurationError, match=f"a {name} does not travel in a job"):
            QueuedEmailBackend(**{name: "secret"})


class TestNoCircle:
    @pytest.mark.parametrize("inner", ["default", "queued"])
    def test_mail_never_queues_itself_again(self, settings: Any, inner: str) -> None:
        place = misconfigured(settings, inner)
        with pytest.raises(ConfigurationError) as raised:
            Mailer.mail(to="a@example.com", body="Hi").deliver_now()
        assert str(raised.value).startswith(f"{place}: this queues mail too")

    @pytest.mark.skipif(not HAS_MAILERS, reason="mailers came with Django 6.1")
    @pytest.mark.parametrize("inner", [None, "lost"])
    def test_an_inner_mailer_that_is_not_there_is_named(self, settings: Any, inner: Any) -> None:
        misconfigured(settings, inner)
        with pytest.raises(ConfigurationError, match=f"{inner!r} is not an alias of MAILERS"):
            Mailer.mail(to="a@example.com", body="Hi").deliver_now()


class TestSettings:
    @pytest.mark.skipif(not HAS_MAILERS, reason="mailers came with Django 6.1")
    def test_an_option_that_is_none_is_refused(self, settings: Any) -> None:
        settings.MAILERS = {"default": {"BACKEND": QUEUED, "OPTIONS": {"usign": "memory"}}}
        with pytest.raises(mail.InvalidMailer, match="usign"):
            send_mail("S", "B", "a@example.com", ["b@example.com"])

    def test_no_password_is_in_the_payload(self, settings: Any, queue: TestAdapter) -> None:
        settings.MAIL_PASSWORD = "open sesame"
        send_mail("S", "B", "a@example.com", ["b@example.com"])
        assert "sesame" not in json.dumps(queue.enqueued[0].payload)
        assert MemoryBackend.__name__ not in json.dumps(queue.enqueued[0].payload)


def _raising(error: Exception) -> Any:
    def fail(*args: Any) -> None:
        raise error

    return fail
