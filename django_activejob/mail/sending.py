"""Django's ``send_mail``, later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import Literal

from django.core.mail import DNS_NAME, EmailMultiAlternatives
from django.utils.functional import Promise

from django_activejob.job.base import ActiveJob
from django_activejob.mail.delivery import MailDeliveryJob
from django_activejob.mail.fields import to_fields
from django_activejob.mail.routing import check_mailer

Text = str | Promise


def send_mail_later(
    subject: Text,
    message: Text,
    from_email: str | None,
    recipient_list: Sequence[str],
    *,
    html_message: Text | None = None,
    using: str | None = None,
    wait: float | timedelta | None = None,
    wait_until: datetime | None = None,
    queue: str | None = None,
    priority: int | None = None,
) -> ActiveJob | Literal[False]:
    """Sends a mail in the background; Django's ``send_mail`` with options of a job.

    Args:
        from_email: None means DEFAULT_FROM_EMAIL.
        using: alias of a mailer (Django 6.1); None for the default.
        wait: seconds or a timedelta before it is sent.
        wait_until: the moment at which it is sent.
        queue: None means the setting MAIL_QUEUE_NAME.
        priority: smaller is sooner.

    Returns:
        The job; False when there is no recipient, or when the job was refused.

    Raises:
        ValueError: the subject or an address is not fit for a header.
        ConfigurationError: the mailer is unknown.
    """
    check_mailer(using)
    mail = EmailMultiAlternatives(
        str(subject),
        str(message),
        from_email,
        list(recipient_list),
        # Fixed now, so that a message delivered twice after a crash can be recognised.
        headers={"Message-ID": make_msgid(domain=DNS_NAME.get_fqdn())},
    )
    if html_message:
        mail.attach_alternative(str(html_message), "text/html")
    if not mail.recipients():
        return False
    mail.message()  # what cannot be sent is to be said here, not in a worker
    job = MailDeliveryJob.set(wait=wait, wait_until=wait_until, queue=queue, priority=priority)
    return job.perform_later(to_fields(mail), using=using)
