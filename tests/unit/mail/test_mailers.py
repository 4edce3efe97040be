"""MAILERS and EMAIL_BACKEND: what sends, with which options; alike on every Django."""

from __future__ import annotations

from typing import Any, ClassVar

import django
import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from django_activejob.errors import ConfigurationError
from django_activejob.mail import Mailer, routing, send_mail_later, signals
from tests.unit.mail.furniture import WelcomeMailer

RECORDING = f"{__name__}.RecordingBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
MEMORY = "django.core.mail.backends.locmem.EmailBackend"
QUEUED = "django_activejob.mail.backends.QueuedEmailBackend"


class RecordingBackend(BaseEmailBackend):
    """Remembers what it was to send, and how it was made."""

    sent: ClassVar[list[tuple[str | None, dict[str, Any], EmailMessage]]] = []

    def __init__(self, *, alias: str | None = None, **options: Any) -> None:
        super().__init__(**({"alias": alias} if django.VERSION >= (6, 1) else {}))
        self.alias = alias
        self.options = options

    def send_messages(self, email_messages: Any) -> int:
        self.sent.extend((self.alias, self.options, each) for each in email_messages)
        return len(email_messages)


@pytest.fixture(autouse=True)
def nothing_sent() -> None:
    RecordingBackend.sent.clear()


@pytest.fixture
def mailers(settings: Any) -> Any:
    """A project with mailers by name, outside of Django's test runner."""
    if django.VERSION < (6, 1):
        settings.EMAIL_BACKEND = SMTP
    options = {"host": "a.example.com", "port": 25}
    settings.MAILERS = {
        "default": {"BACKEND": RECORDING},
        "bulk": {"BACKEND": RECORDING, "OPTIONS": options},
        "queued": {"BACKEND": QUEUED, "OPTIONS": {"using": "bulk"}},
    }
    return settings


def sent() -> list[tuple[str | None, dict[str, Any]]]:
    return [(alias, options) for alias, options, _ in RecordingBackend.sent]


BULK = {"host": "a.example.com", "port": 25}


@pytest.mark.usefixtures("mailers")
class TestMailersByName:
    @pytest.mark.line("AM-113", "AM-114", "AM-118")
    def test_a_backend_of_ones_own_is_named_with_its_options_and_chosen(self) -> None:
        Mailer.mail(to="a@example.com", body="Hi", using="bulk").deliver_now()
        assert sent() == [("bulk", BULK)]

    def test_without_a_name_it_is_the_default(self) -> None:
        WelcomeMailer.hello().deliver_now()
        assert sent() == [("default", {})]

    @pytest.mark.line("AM-119")
    def test_a_class_chooses_for_itself(self) -> None:
        class NewsMailer(WelcomeMailer):
            using = "bulk"

        NewsMailer.hello().deliver_now()
        WelcomeMailer.hello().deliver_now()
        assert [alias for alias, _ in sent()] == ["bulk", "default"]

    def test_a_queueing_one_stands_for_the_one_behind_it(self) -> None:
        Mailer.mail(to="a@example.com", body="Hi", using="queued").deliver_now()
        assert sent() == [("bulk", BULK)]

    @pytest.mark.line("AM-123")
    def test_an_unknown_one_is_refused_with_those_there_are(self) -> None:
        with pytest.raises(ConfigurationError, match=r"no such alias. There are: bulk, default"):
            Mailer.mail(to="a@example.com", body="Hi", using="lost").deliver_now()
        with pytest.raises(ConfigurationError, match="using='lost'"):
            send_mail_later("S", "B", None, ["a@example.com"], using="lost")

    @pytest.mark.line("AM-124")
    def test_nothing_at_all_that_sends_is_an_error(self, mailers: Any) -> None:
        mailers.MAILERS = {"bulk": {"BACKEND": RECORDING}}
        if django.VERSION < (6, 1):
            mailers.EMAIL_BACKEND = ""
            wanted: Any = pytest.raises(ImportError)
        else:
            words = "using='default': MAILERS has no such alias"
            wanted = pytest.raises(ConfigurationError, match=words)
        with wanted:
            WelcomeMailer.hello().deliver_now()

    @pytest.mark.skipif(django.VERSION >= (6, 1), reason="from then on, MAILERS says it all")
    def test_before_mailers_had_a_default_it_is_the_email_backend(self, mailers: Any) -> None:
        mailers.MAILERS = {"bulk": {"BACKEND": RECORDING}}
        mailers.EMAIL_BACKEND = RECORDING
        WelcomeMailer.hello().deliver_now()
        assert [alias for alias, _ in sent()] == [None]

    def test_a_backend_that_is_not_there_is_named(self, mailers: Any) -> None:
        mailers.MAILERS = {"default": {"BACKEND": "shop.no.Backend"}}
        with pytest.raises(ConfigurationError, match=r'MAILERS\["default"\]\["BACKEND"\]: \'shop'):
            WelcomeMailer.hello().deliver_now()


class TenantMailer(WelcomeMailer):
    using = "bulk"
    mailer_options: ClassVar[Any] = {"host": "tenants.example.com"}

    def letter(self, host: str | None = None) -> None:
        chosen = {"host": host, "timeout": 5} if host else None
        self.mail(to="a@example.com", body="Hi", mailer_options=chosen)


@pytest.mark.usefixtures("mailers")
class TestOptions:
    @pytest.mark.line("AM-120")
    def test_those_of_the_class_are_over_those_of_the_mailer(self) -> None:
        TenantMailer.letter().deliver_now()  # type: ignore[attr-defined]
        assert sent() == [("bulk", {"host": "tenants.example.com", "port": 25})]

    @pytest.mark.line("AM-121", "AM-122")
    def test_those_of_a_message_are_over_both_and_change_neither(self) -> None:
        letter: Any = TenantMailer.letter
        letter("ada.example.com").deliver_now()
        letter().deliver_now()
        assert sent() == [
            ("bulk", {"host": "ada.example.com", "port": 25, "timeout": 5}),
            ("bulk", {"host": "tenants.example.com", "port": 25}),
        ]
        assert TenantMailer.mailer_options == {"host": "tenants.example.com"}

    def test_they_reach_the_mailer_behind_a_queueing_one(self) -> None:
        Mailer.mail(
            to="a@example.com", body="Hi", using="queued", mailer_options={"port": 26}
        ).deliver_now()
        assert sent() == [("bulk", {"host": "a.example.com", "port": 26})]


class TestTestRuns:
    """Django's test runner puts its memory in place of what sends."""

    def test_no_mailer_sends_then(self, settings: Any) -> None:
        settings.MAILERS = {"default": {"BACKEND": RECORDING}, "bulk": {"BACKEND": RECORDING}}
        if django.VERSION >= (6, 1):
            settings.MAILERS = {name: {"BACKEND": MEMORY} for name in settings.MAILERS}
        Mailer.mail(to="a@example.com", body="Hi", using="bulk").deliver_now()
        TenantMailer.hello().deliver_now()
        assert RecordingBackend.sent == []
        assert len(mail.outbox) == 2


class TestDefaults:
    @pytest.mark.line("AM-110")
    def test_with_nothing_said_it_is_smtp_at_this_host(self, settings: Any) -> None:
        if django.VERSION >= (6, 1):
            settings.MAILERS = {"default": {"OPTIONS": {"host": "localhost"}}}
        else:
            settings.EMAIL_BACKEND = SMTP
        backend: Any = routing.backend_for(None)
        assert f"{type(backend).__module__}.{type(backend).__qualname__}" == SMTP
        assert (backend.host, backend.port) == ("localhost", 25)
        assert not backend.username

    @pytest.mark.line("AM-117")
    def test_the_class_of_the_mailer_is_told_when_one_of_its_mails_is_delivered(self) -> None:
        told: list[Any] = []

        def note(**facts: Any) -> None:
            told.append(facts["message"])

        signals.mail_delivered.connect(note, sender=WelcomeMailer)
        try:
            message = WelcomeMailer.hello().deliver_now()
            Mailer.mail(to="a@example.com", body="Hi").deliver_now()
        finally:
            signals.mail_delivered.disconnect(note, sender=WelcomeMailer)
        assert told == [message]

    @pytest.mark.skipif(django.VERSION >= (6, 1), reason="from then on, MAILERS says it")
    def test_options_reach_the_email_backend(self, settings: Any) -> None:
        settings.EMAIL_BACKEND = RECORDING
        Mailer.mail(to="a@example.com", body="Hi", mailer_options={"port": 26}).deliver_now()
        assert sent()[0][1]["port"] == 26

    @pytest.mark.filterwarnings("ignore:Django 2028 will not have a default mailer")
    @pytest.mark.skipif(django.VERSION < (6, 1), reason="before, EMAIL_BACKEND takes them")
    def test_without_mailers_options_are_refused(self, settings: Any) -> None:
        del settings.MAILERS
        with pytest.raises(ConfigurationError, match="EMAIL_BACKEND takes none"):
            Mailer.mail(to="a@example.com", body="Hi", mailer_options={"port": 26}).deliver_now()

    def test_without_mailers_none_can_be_named(self, settings: Any) -> None:
        if hasattr(settings, "MAILERS"):
            del settings.MAILERS
        with pytest.raises(ConfigurationError, match="this project has no mailers by name"):
            Mailer.mail(to="a@example.com", body="Hi", using="bulk").deliver_now()
