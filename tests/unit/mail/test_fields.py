from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from email.message import EmailMessage as PythonMessage
from email.message import MIMEPart
from email.mime.image import MIMEImage
from types import ModuleType
from typing import Any

import django
import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.utils import translation
from django.utils.translation import gettext_lazy

from django_activejob.errors import DeserializationError, SerializationError
from django_activejob.mail import register_message_class
from django_activejob.mail.fields import from_fields, to_fields
from django_activejob.serialization import deserialize_arguments, serialize_arguments
from tests.unit.mail.furniture import content_of

ID = {"Message-ID": "<1@example.com>"}
PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff2c00000000010001000002024401003b")


@register_message_class
class Newsletter(EmailMultiAlternatives):
    def __init__(self, issue: int) -> None:
        super().__init__(f"Issue {issue}", "News", "shop@example.com", ["a@example.com"])
        self.issue = issue


class Unregistered(EmailMessage):
    pass


class UNSET:
    pass


def a_message(**options: Any) -> EmailMultiAlternatives:
    return EmailMultiAlternatives(
        "Subject", "Body", "shop@example.com", ["a@example.com"], headers=dict(ID), **options
    )


def keep_nothing(content: bytes) -> str:
    raise AssertionError("no attachment is large")


def there_and_back(message: EmailMessage) -> EmailMessage:
    fields = to_fields(message, keep=keep_nothing)
    payload = json.dumps(serialize_arguments([fields], {}))
    return from_fields(deserialize_arguments(json.loads(payload))[0][0])


def legacy_image() -> Any:
    image = MIMEImage(PIXEL, "gif")
    image.add_header("Content-ID", "<pixel@inline>")
    image.add_header("Content-Disposition", "inline", filename="pixel.gif")
    return image


def part() -> Any:
    made = MIMEPart()
    made.set_content(PIXEL, maintype="image", subtype="gif", cid="<pixel@inline>")
    return made


def python_message() -> Any:
    made = PythonMessage()
    made["Subject"] = "Within"
    made.set_content("From here on\nit goes on.\n")
    return made


INNER = EmailMessage("Within", "Inner body", "i@example.com", ["j@example.com"], headers=dict(ID))
INNER.extra_headers["Date"] = "Sat, 14 Mar 2026 15:09:26 +0000"

ATTACHMENTS = {
    "text": ("notes.txt", "Grüße\n", "text/plain"),
    "csv": ("table.csv", "a,b\n1,2\n", "text/csv"),
    "bytes": ("report.pdf", bytes(range(256)), "application/pdf"),
    "json as text": ("data.json", '{"a": 1}', "application/json"),
    "guessed": ("picture.png", PIXEL, None),
    "a name that is not ASCII": ("Größe.pdf", b"%PDF", "application/pdf"),
    "without a name": (None, b"%PDF", "application/pdf"),
    "a message of Django": ("inner.eml", INNER, "message/rfc822"),
    "a message of Python": ("inner.eml", python_message(), "message/rfc822"),
    "a message as text": ("inner.eml", "Subject: Within\n\nInner body\n", "message/rfc822"),
}


class TestThereAndBack:
    @pytest.mark.parametrize("kind", ATTACHMENTS)
    def test_what_would_be_sent_is_the_same_with_an_attachment(self, kind: str) -> None:
        message = a_message()
        message.attach_alternative("<p>Body</p>", "text/html")
        message.attach(*ATTACHMENTS[kind])
        assert content_of(there_and_back(message)) == content_of(message)

    @pytest.mark.skipif(django.VERSION < (6, 0), reason="MIMEPart came with Django 6.0")
    def test_a_whole_part_is_attached_as_it_was(self) -> None:
        message = a_message()
        message.attach(part())
        assert content_of(there_and_back(message)) == content_of(message)

    @pytest.mark.filterwarnings("ignore:MIMEBase attachments are deprecated")
    def test_a_whole_part_of_the_older_kind_is_attached_as_it_was(self) -> None:
        message = a_message()
        message.attach(legacy_image())
        assert content_of(there_and_back(message)) == content_of(message)

    def test_addresses_headers_and_texts_are_the_same(self) -> None:
        message = a_message(cc=["b@example.com"], bcc=["c@example.com"], reply_to=["d@example.com"])
        message.subject, message.body = "Grüße aus Köln", "Schöne Grüße\n" * 200
        message.extra_headers["X-Campaign"] = "märz"
        restored = there_and_back(message)
        assert content_of(restored) == content_of(message)
        assert restored.recipients() == message.recipients()

    def test_an_alternative_of_bytes_is_the_same(self) -> None:
        message = a_message()
        message.attach_alternative(b"BEGIN:VCALENDAR", "application/ics")
        assert content_of(there_and_back(message)) == content_of(message)

    def test_a_message_of_html_alone_stays_one(self) -> None:
        message = EmailMessage("S", "<p>B</p>", "a@example.com", ["b@example.com"], headers=ID)
        message.content_subtype = "html"
        restored = there_and_back(message)
        assert type(restored) is EmailMessage
        assert restored.content_subtype == "html"
        assert content_of(restored) == content_of(message)

    @pytest.mark.skipif(django.VERSION < (6, 0), reason="before, headers were texts")
    def test_a_date_header_may_be_a_moment(self) -> None:
        message = a_message()
        message.extra_headers["Date"] = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
        sent = there_and_back(message).message()["Date"]
        assert str(sent) == "Sat, 14 Mar 2026 15:09:26 +0000"

    def test_the_message_itself_is_not_changed(self) -> None:
        message = EmailMessage("S", "B", "a@example.com", ["b@example.com"])
        to_fields(message, keep=keep_nothing)
        assert message.extra_headers == {}


class TestMessageId:
    def test_one_is_made_once(self) -> None:
        message = EmailMessage("S", "B", "a@example.com", ["b@example.com"])
        fields = to_fields(message, keep=keep_nothing)
        ids = {from_fields(fields).message()["Message-ID"] for _ in range(2)}
        assert len(ids) == 1

    def test_that_of_the_message_stays_however_it_is_written(self) -> None:
        message = EmailMessage("S", "B", "a@example.com", ["b@example.com"])
        message.extra_headers = {"message-id": "<own@example.com>"}
        assert to_fields(message, keep=keep_nothing)["headers"] == message.extra_headers


class TestTexts:
    def test_lazy_ones_are_forced_in_the_language_of_the_moment(self) -> None:
        message = a_message()
        message.subject, message.body = gettext_lazy("Yes"), gettext_lazy("No")
        message.extra_headers["X-Answer"] = gettext_lazy("Yes")
        message.attach_alternative(gettext_lazy("No"), "text/html")
        with translation.override("de"):
            fields = to_fields(message, keep=keep_nothing)
        assert (fields["subject"], fields["body"]) == ("Ja", "Nein")
        assert fields["headers"]["X-Answer"] == "Ja"
        assert fields["alternatives"] == [{"mimetype": "text/html", "text": "Nein"}]


class TestOtherAttributes:
    def test_those_of_a_mail_service_travel(self) -> None:
        message: Any = a_message()
        message.tags = ["welcome"]
        message.metadata = {"order": 7}
        message.send_at = datetime(2026, 3, 14, tzinfo=UTC)
        message.track_opens = True
        restored: Any = there_and_back(message)
        assert (restored.tags, restored.metadata) == (["welcome"], {"order": 7})
        assert (restored.send_at, restored.track_opens) == (message.send_at, True)

    def test_what_nobody_has_set_and_what_a_service_answered_stays_here(self) -> None:
        message: Any = a_message()
        message.template_id, message.anymail_status = UNSET, object()
        assert to_fields(message, keep=keep_nothing)["extra"] == {}

    def test_one_without_a_json_form_is_refused_by_name(self) -> None:
        message: Any = a_message()
        message.esp_extra = {"session": object()}
        with pytest.raises(SerializationError, match=r'\["esp_extra"\]\["session"\]'):
            to_fields(message, keep=keep_nothing)

    def test_a_connection_and_its_password_are_never_written(self) -> None:
        message: Any = a_message()
        vars(message).update(connection="secret", _connection="secret")
        assert "secret" not in json.dumps(to_fields(message, keep=keep_nothing))


class TestClasses:
    def test_a_registered_one_comes_back_with_its_attributes(self) -> None:
        restored = there_and_back(Newsletter(7))
        assert isinstance(restored, Newsletter)
        assert (restored.issue, restored.subject) == (7, "Issue 7")

    def test_that_of_anymail_is_known_once_it_is_installed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        module: Any = ModuleType("anymail.message")
        module.AnymailMessage = type(
            "AnymailMessage", (EmailMultiAlternatives,), {"__module__": "anymail.message"}
        )
        monkeypatch.setitem(sys.modules, "anymail", ModuleType("anymail"))
        monkeypatch.setitem(sys.modules, "anymail.message", module)
        message = module.AnymailMessage("S", "B", "a@example.com", ["b@example.com"])
        message.tags = ["welcome"]
        restored: Any = there_and_back(message)
        assert type(restored) is module.AnymailMessage
        assert restored.tags == ["welcome"]

    def test_one_that_is_not_registered_is_refused_with_what_to_do(self) -> None:
        message = Unregistered("S", "B", "a@example.com", ["b@example.com"])
        with pytest.raises(SerializationError, match=r"Put @register_message_class"):
            to_fields(message, keep=keep_nothing)

    @pytest.mark.parametrize("name", ["os.PathLike", "anymail.messages.Other", "EmailBackend"])
    def test_a_payload_cannot_name_another(self, name: str) -> None:
        fields = {**to_fields(a_message(), keep=keep_nothing), "class": name}
        with pytest.raises(DeserializationError, match="no message class of this name"):
            from_fields(fields)
