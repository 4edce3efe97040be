"""A mail message as plain data, and back.

Django's messages are written down field by field, never pickled: lazy texts are forced in
the enqueuer's language, and no connection or password can slip in.

``{"subject": "Welcome", "body": "…", "from_email": "shop@example.com", "to": ["a@example.com"],
"cc": [], "bcc": [], "reply_to": [], "headers": {"Message-ID": "<…>"},
"alternatives": [["<p>…</p>", "text/html"]]}``
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMultiAlternatives

_ADDRESS_LISTS = ("to", "cc", "bcc", "reply_to")


def to_fields(message: EmailMultiAlternatives) -> dict[str, Any]:
    """The message as JSON-ready data."""
    return {
        "subject": str(message.subject),
        "body": str(message.body),
        "from_email": str(message.from_email),
        **{name: [str(address) for address in getattr(message, name)] for name in _ADDRESS_LISTS},
        "headers": {name: str(value) for name, value in message.extra_headers.items()},
        "alternatives": [[str(part[0]), str(part[1])] for part in message.alternatives],
    }


def from_fields(fields: Mapping[str, Any]) -> EmailMultiAlternatives:
    """The message behind the data."""
    message = EmailMultiAlternatives(
        fields["subject"],
        fields["body"],
        fields["from_email"],
        fields["to"],
        cc=fields["cc"],
        bcc=fields["bcc"],
        reply_to=fields["reply_to"],
        headers=fields["headers"],
    )
    for content, mimetype in fields["alternatives"]:
        message.attach_alternative(content, mimetype)
    return message
