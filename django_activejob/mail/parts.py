"""Attachments as plain data, and back.

``{"filename": "report.pdf", "mimetype": "application/pdf", "base64": "…"}``; a MIME part that
was attached as a whole has ``"part": true`` in place of name and type.
"""

from __future__ import annotations

import email.policy
from collections.abc import Mapping
from email import message_from_bytes
from email.generator import BytesGenerator
from email.message import Message, MIMEPart
from email.mime.base import MIMEBase
from io import BytesIO
from typing import Any

import django
from django.core.mail import EmailAttachment, EmailMessage

from django_activejob.mail.contents import Keep, from_content, to_content


def to_part(attachment: Any, keep: Keep) -> dict[str, Any]:
    """The data for one of a message's ``attachments``.

    A message within the message is written as the text that it would be sent as.
    """
    if isinstance(attachment, Message):
        return {"part": True, **to_content(_bytes_of(attachment), keep)}
    filename, content, mimetype = attachment
    if isinstance(content, EmailMessage):
        content = content.message()
    if isinstance(content, Message):
        content = _bytes_of(content)
    return {
        "filename": None if filename is None else str(filename),
        "mimetype": None if mimetype is None else str(mimetype),
        **to_content(content, keep),
    }


def from_part(data: Mapping[str, Any]) -> Any:
    """The attachment behind the data."""
    content = from_content(data)
    if data.get("part"):
        return _mime_part(content if isinstance(content, bytes) else content.encode())
    return EmailAttachment(data["filename"], content, data["mimetype"])


def _bytes_of(part: Message) -> bytes:
    buffer = BytesIO()
    # Lines that begin with "From " stay as they are, as when Django sends them.
    BytesGenerator(buffer, mangle_from_=False, policy=part.policy).flatten(part)
    return buffer.getvalue()


def _mime_part(raw: bytes) -> Any:
    # Before 6.0, Django takes the older kind only, and warns about it since.
    if django.VERSION >= (6, 0):
        part_class: Any = MIMEPart
        return message_from_bytes(raw, _class=part_class, policy=email.policy.default)
    return _mime_base(message_from_bytes(raw))


def _mime_base(parsed: Message) -> MIMEBase:
    part = MIMEBase(parsed.get_content_maintype(), parsed.get_content_subtype())
    for name in part.keys():  # noqa: SIM118 - a message is iterated over by its lines
        del part[name]
    for name, value in parsed.items():
        part[name] = value
    part.set_payload(parsed.get_payload())
    return part
