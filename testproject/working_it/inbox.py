"""A mail server as slow as a real one on a bad day; what it delivers is shown on a page."""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from testproject.working_it.models import DeliveredMail


class InboxBackend(BaseEmailBackend):
    """Delivers into the database, after ``MAIL_SECONDS`` for each message."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Delivers the messages, one after the other."""
        for message in email_messages:
            time.sleep(settings.MAIL_SECONDS)
            _deliver(message)
        return len(email_messages)


def _deliver(message: EmailMessage) -> None:
    DeliveredMail.objects.create(
        subject=message.subject,
        sender=message.from_email,
        recipients=", ".join(message.recipients()),
        body=message.body,
    )
