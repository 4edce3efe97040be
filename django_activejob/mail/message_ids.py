"""The Message-ID of a message, fixed, so that one that is delivered twice can be recognised."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import make_msgid, parseaddr
from typing import Any

from django.core.mail import DNS_NAME, EmailMessage


def with_message_id(headers: Mapping[str, Any], message_id: str | None = None) -> dict[str, Any]:
    """Headers with a Message-ID: their own, or this one, or a random one."""
    if any(name.lower() == "message-id" for name in headers):
        return dict(headers)
    return {**headers, "Message-ID": message_id or make_msgid(domain=DNS_NAME.get_fqdn())}


def of_job(job_id: str, message: EmailMessage) -> str:
    """The Message-ID of what a delivery job sends: the same at every try, on every host."""
    address = parseaddr(str(message.from_email))[1]
    return f"<{job_id}@{address.rpartition('@')[2] or DNS_NAME.get_fqdn()}>"
