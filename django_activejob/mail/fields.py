"""A mail message as plain data, and back.

Django's messages are written down field by field, never pickled: lazy texts are forced in
the enqueuer's language, and no connection or password can slip in.

``{"class": "EmailMultiAlternatives", "subject": "Welcome", "body": "…", "from_email":
"shop@example.com", "to": ["a@example.com"], "cc": [], "bcc": [], "reply_to": [], "headers":
{"Message-ID": "<…>"}, "alternatives": [{"mimetype": "text/html", "text": "<p>…</p>"}],
"attachments": [], "extra": {}}``

``extra`` holds all other attributes that somebody has set, such as those of Anymail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.core.mail import EmailAlternative, EmailMessage, EmailMultiAlternatives
from django.utils.encoding import is_protected_type

from django_activejob.mail import message_classes
from django_activejob.mail.contents import Keep, from_content, to_content
from django_activejob.mail.message_ids import with_message_id
from django_activejob.mail.parts import from_part, to_part
from django_activejob.serialization import serialize

_ADDRESS_LISTS: Final = ("to", "cc", "bcc", "reply_to")
_WRITTEN: Final = frozenset(
    {"subject", "body", "from_email", "extra_headers", "alternatives", "attachments"}
) | {*_ADDRESS_LISTS}
# Connections do not travel; what a service answered is not part of a message.
_LEFT_OUT: Final = frozenset({"connection", "_connection", "anymail_status"})


def to_fields(message: EmailMessage, *, keep: Keep) -> dict[str, Any]:
    """The message as JSON-ready data, with a Message-ID of its own.

    Args:
        keep: puts a large attachment into the storage.

    Raises:
        SerializationError: its class is not registered, or an attribute has no JSON form.
    """
    return {
        "class": message_classes.name_of(type(message)),
        "subject": str(message.subject),
        "body": str(message.body),
        "from_email": str(message.from_email),
        **{name: [str(address) for address in getattr(message, name)] for name in _ADDRESS_LISTS},
        "headers": _headers(message),
        "alternatives": [
            {"mimetype": str(part[1]), **to_content(part[0], keep)}
            for part in getattr(message, "alternatives", ())
        ],
        "attachments": [to_part(attachment, keep) for attachment in message.attachments],
        "extra": _extra(message),
    }


def from_fields(fields: Mapping[str, Any]) -> EmailMessage:
    """The message behind the data.

    Raises:
        DeserializationError: its class is unknown here, or an attachment is gone.
    """
    message_class = message_classes.find(fields["class"])
    message = message_class.__new__(message_class)
    # Not the class's own __init__, which may take anything.
    kind: Any = (
        EmailMultiAlternatives if isinstance(message, EmailMultiAlternatives) else EmailMessage
    )
    kind.__init__(
        message,
        fields["subject"],
        fields["body"],
        fields["from_email"],
        fields["to"],
        **{name: fields[name] for name in ("cc", "bcc", "reply_to", "headers")},
    )
    message.attachments.extend(from_part(data) for data in fields["attachments"])
    if isinstance(message, EmailMultiAlternatives):
        message.alternatives.extend(_alternative(data) for data in fields["alternatives"])
    vars(message).update(fields["extra"])
    return message


def _headers(message: EmailMessage) -> dict[str, Any]:
    return {
        str(name): _header(value) for name, value in with_message_id(message.extra_headers).items()
    }


def _header(value: object) -> object:
    if is_protected_type(value):
        return value  # such as a datetime, for a Date header
    return str(value)


def _alternative(data: Mapping[str, Any]) -> EmailAlternative:
    return EmailAlternative(from_content(data), data["mimetype"])


def _extra(message: EmailMessage) -> dict[str, Any]:
    extra = {
        name: value
        for name, value in vars(message).items()
        if name not in _WRITTEN and name not in _LEFT_OUT and not _is_unset(value)
    }
    serialize(extra)  # what has no JSON form is to be said here, not after a commit
    return extra


def _is_unset(value: object) -> bool:
    # How Anymail marks an attribute that nobody has set.
    return isinstance(value, type) and value.__name__ == "UNSET"
