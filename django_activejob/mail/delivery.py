"""The job that delivers one message."""

from __future__ import annotations

from smtplib import SMTPConnectError, SMTPServerDisconnected
from typing import Any

from django_activejob import conf
from django_activejob.job.base import ActiveJob
from django_activejob.job.handlers import retry_on
from django_activejob.job.options import queue_as
from django_activejob.mail.fields import from_fields
from django_activejob.mail.routing import send


@queue_as(lambda job: conf.settings().mail_queue_name)
@retry_on(
    SMTPServerDisconnected,
    SMTPConnectError,
    ConnectionError,
    TimeoutError,
    wait="polynomially_longer",
    attempts=10,
)
class MailDeliveryJob(ActiveJob):
    """Delivers a message; a mail server that cannot be reached is tried again for hours."""

    log_arguments = False

    def perform(self, fields: dict[str, Any], *, using: str | None = None) -> int:
        """Sends the message.

        Args:
            fields: as ``mail.fields`` writes them.
            using: alias of the mailer; None for the default.

        Returns:
            How many messages were sent: 1, or 0 when the backend sent none.
        """
        return send(from_fields(fields), using=using)
