from __future__ import annotations

from typing import Any, ClassVar

import django
import pytest
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template import TemplateDoesNotExist

from django_activejob.mail import Mailer, MessageDelivery
from tests.unit.mail.furniture import InvitingMailer, SlowMailer, WelcomeMailer


class TemplateMailer(Mailer):
    default_options: ClassVar[Any] = {"subject": "S", "from_email": "a@example.com"}

    def welcome(self, **context: Any) -> None:
        self.mail(to=["b@example.com"], context=context)

    def other(self, template: str) -> None:
        self.mail(to=["b@example.com"], template=template)


class HTMLNewsMailer(TemplateMailer):
    pass


class Greets:
    def greet(self) -> None:
        self.mail(to="a@example.com", subject="Hi", body="From a mixin")


class PoliteMailer(Greets, WelcomeMailer):
    def greet(self) -> None:
        super().greet()
        assert self.message is not None
        self.message.subject = "Good day"


class VeryPoliteMailer(PoliteMailer):
    pass


def made(delivery: MessageDelivery) -> EmailMessage:
    assert delivery.message is not None
    return delivery.message


class TestActions:
    @pytest.mark.line("AM-001", "AM-002")
    def test_a_delivery_has_a_message_of_django(self) -> None:
        delivery: Any = WelcomeMailer.hello("Ada")
        assert isinstance(delivery.message, EmailMultiAlternatives)
        assert delivery.message.body == "Hello Ada!"

    @pytest.mark.line("AM-003", "AM-005")
    def test_a_delivery_can_be_delivered_now_and_later(self) -> None:
        delivery = WelcomeMailer.hello()
        assert callable(delivery.deliver_now)
        assert callable(delivery.deliver_later)

    @pytest.mark.line("AM-133")
    def test_calling_one_runs_and_delivers_nothing(self) -> None:
        delivery = WelcomeMailer.hello()
        assert not delivery.is_processed
        assert mail.outbox == []

    @pytest.mark.line("AM-148")
    def test_the_mailer_has_those_that_it_declares_and_inherits(self) -> None:
        assert set(SlowMailer.actions()) == {"mail", "hello", "nothing"}

    @pytest.mark.line("AM-134", "AM-135")
    def test_delivering_now_sends_and_returns_the_message(self) -> None:
        delivery = WelcomeMailer.hello()
        message = delivery.deliver_now()
        assert message is delivery.message
        assert [sent.body for sent in mail.outbox] == ["Hello you!"]

    @pytest.mark.line("AM-138")
    def test_without_a_message_nothing_is_delivered(self) -> None:
        assert WelcomeMailer(action_name="nothing", params={}).message is None
        delivery: Any = WelcomeMailer.nothing()
        assert delivery.deliver_now() is None
        assert mail.outbox == []

    @pytest.mark.line("AM-139")
    def test_what_one_returns_is_of_no_importance(self) -> None:
        delivery: Any = InvitingMailer.invitation()
        delivery.deliver_now()
        assert len(mail.outbox) == 1

    def test_arguments_that_it_does_not_take_are_refused_at_once(self) -> None:
        with pytest.raises(TypeError, match=r"WelcomeMailer\.hello\(name='you', \*, greeting="):
            WelcomeMailer.hello(shout=True)

    def test_one_that_is_not_there_is_missing(self) -> None:
        with pytest.raises(AttributeError, match="goodbye"):
            WelcomeMailer.goodbye()

    def test_those_of_mixins_count_and_the_nearest_is_run(self) -> None:
        delivery: Any = VeryPoliteMailer.greet()
        assert made(delivery).subject == "Good day"

    def test_it_shows_itself(self) -> None:
        assert repr(WelcomeMailer.hello).endswith("WelcomeMailer.hello>")
        assert repr(WelcomeMailer.hello()).startswith("<MessageDelivery ")


class TestMailAtTheBaseClass:
    @pytest.mark.line("AM-131")
    def test_it_makes_a_delivery(self) -> None:
        delivery = Mailer.mail(to="a@example.com", subject="Hi", body="Hello!")
        assert not delivery.is_processed
        delivery.deliver_now()
        assert mail.outbox[0].body == "Hello!"

    @pytest.mark.line("AM-132")
    def test_its_message_has_what_was_given(self) -> None:
        message = made(
            Mailer.mail(
                to=["a@example.com"],
                cc="c@example.com",
                bcc=["d@example.com"],
                reply_to="e@example.com",
                from_email="b@example.com",
                subject="Hi",
                body="Hello!",
                html_message="<p>Hello!</p>",
                headers={"X-Kind": "test"},
                attachments=[("a.txt", "text", "text/plain")],
            )
        )
        assert isinstance(message, EmailMultiAlternatives)
        assert (message.to, message.cc) == (["a@example.com"], ["c@example.com"])
        assert (message.bcc, message.reply_to) == (["d@example.com"], ["e@example.com"])
        assert (message.from_email, message.subject) == ("b@example.com", "Hi")
        assert message.extra_headers["X-Kind"] == "test"
        assert [tuple(part) for part in message.alternatives] == [("<p>Hello!</p>", "text/html")]
        assert [tuple(part) for part in message.attachments] == [("a.txt", "text", "text/plain")]


class TestParams:
    @pytest.mark.line("AM-026")
    def test_headers_and_body_can_use_them(self) -> None:
        delivery = InvitingMailer.with_params(
            sender="david@example.com", invitee="jason@example.com"
        ).invitation()
        message = made(delivery)
        assert (message.from_email, message.to) == ("david@example.com", ["jason@example.com"])
        assert message.body == "david@example.com invites you"

    @pytest.mark.line("AM-027")
    def test_without_them_there_are_none(self) -> None:
        delivery: Any = InvitingMailer.invitation()
        assert made(delivery).from_email == "nobody@example.com"
        assert made(delivery).body == "None invites you"

    @pytest.mark.line("AM-029")
    def test_only_actions_can_be_called_with_them(self) -> None:
        with_params = InvitingMailer.with_params(sender="a@example.com")
        assert callable(with_params.invitation)
        with pytest.raises(AttributeError, match=r"no action 'actions'\. There are: invitation"):
            _ = with_params.actions
        with pytest.raises(AttributeError, match="no action 'anything'"):
            with_params.anything()


class TestDefaults:
    def test_those_of_the_nearest_class_win(self) -> None:
        class Other(WelcomeMailer):
            default_options: ClassVar[Any] = {"subject": "Other"}

        message = made(Other.hello())
        assert (message.subject, message.from_email) == ("Other", "shop@example.com")


class TestTemplates:
    def test_text_and_html_are_both_rendered(self, templates: dict[str, str]) -> None:
        templates["template_mailer/welcome.txt"] = "Dear {{ name }}"
        templates["template_mailer/welcome.html"] = "<p>Dear {{ name }}</p>"
        delivery: Any = TemplateMailer.welcome(name="Tom & Jerry")
        message: Any = delivery.message
        assert message.body == "Dear Tom & Jerry"
        assert message.alternatives[0][0] == "<p>Dear Tom &amp; Jerry</p>"

    def test_their_names_are_those_of_mailer_and_action(self, templates: dict[str, str]) -> None:
        templates["html_news_mailer/welcome.txt"] = "News"
        assert made(HTMLNewsMailer.welcome()).body == "News"

    def test_html_alone_is_the_body(self, templates: dict[str, str]) -> None:
        templates["letters/other.html"] = "<p>Hi</p>"
        delivery: Any = TemplateMailer.other("letters/other")
        message = made(delivery)
        assert (message.body, message.content_subtype) == ("<p>Hi</p>", "html")
        assert "multipart" not in message.message()["Content-Type"]

    @pytest.mark.line("AM-137")
    @pytest.mark.usefixtures("templates")
    def test_a_missing_one_raises_and_nothing_is_delivered(self) -> None:
        delivery: Any = TemplateMailer.other("letters/lost")
        with pytest.raises(TemplateDoesNotExist, match=r"letters/lost\.txt or letters/lost\.html"):
            delivery.deliver_now()
        assert mail.outbox == []

    def test_one_that_extends_a_missing_one_says_which(self, templates: dict[str, str]) -> None:
        templates["letters/other.txt"] = "{% extends 'letters/base.txt' %}"
        delivery: Any = TemplateMailer.other("letters/other")
        with pytest.raises(TemplateDoesNotExist, match=r"^letters/base\.txt$"):
            delivery.deliver_now()


@pytest.mark.skipif(django.VERSION < (6, 1), reason="mailers came with Django 6.1")
class TestUsing:
    @pytest.fixture(autouse=True)
    def _mailers(self, settings: Any) -> None:
        backend = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
        settings.MAILERS = {"default": backend, "marketing": backend, "alerts": backend}

    @pytest.mark.line("AM-118")
    def test_a_message_can_choose_the_mailer(self) -> None:
        Mailer.mail(to="a@example.com", body="Hi", using="alerts").deliver_now()
        assert mail.outbox[0].sent_using == "alerts"

    @pytest.mark.line("AM-119")
    def test_a_class_can_choose_without_changing_its_parent(self) -> None:
        class MarketingMailer(WelcomeMailer):
            using = "marketing"

        MarketingMailer.hello().deliver_now()
        WelcomeMailer.hello().deliver_now()
        used = [sent.sent_using for sent in mail.outbox]
        assert used == ["marketing", "default"]
