"""Django's functions that send mail, later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, Unpack

from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.utils.functional import Promise

from django_activejob.errors import ConfigurationError
from django_activejob.job.base import ActiveJob
from django_activejob.mail.messages import deliver_later, deliver_messages_later
from django_activejob.mail.options import JobOptions

Text = str | Promise
Mass = Iterable[tuple[Text, Text, str | None, Sequence[str]]]


def send_mail_later(
    subject: Text,
    message: Text,
    from_email: str | None,
    recipient_list: Sequence[str],
    *,
    html_message: Text | None = None,
    using: str | None = None,
    **options: Unpack[JobOptions],
) -> ActiveJob | Literal[False]:
    """Sends a mail in the background; Django's ``send_mail`` with options of a job.

    Args:
        from_email: None means DEFAULT_FROM_EMAIL.
        using: alias of a mailer (Django 6.1); None for the default.
        options: ``wait`` (seconds or a timedelta), ``wait_until``, ``queue``, ``priority``.

    Returns:
        The job; False when there is no recipient, or when the job was refused.

    Raises:
        ValueError: the subject or an address is not fit for a header.
        ConfigurationError: the mailer is unknown.
    """
    mail = EmailMultiAlternatives(str(subject), str(message), from_email, list(recipient_list))
    if html_message:
        mail.attach_alternative(str(html_message), "text/html")
    return deliver_later(mail, using=using, **options)


def send_mass_mail_later(
    datatuple: Mass, *, using: str | None = None, **options: Unpack[JobOptions]
) -> list[ActiveJob]:
    """Sends many mails in the background; Django's ``send_mass_mail`` with options of a job.

    Each is a job of its own, so that none is sent again because another one failed; all
    are enqueued with one write.

    Args:
        datatuple: of subject, message, sender and list of recipients, each.
        using: alias of a mailer (Django 6.1); None for the default.
        options: ``wait``, ``wait_until``, ``queue``, ``priority``, for all of them.

    Returns:
        The jobs, one for each mail that has a recipient.
    """
    messages = [
        EmailMessage(str(subject), str(message), sender, list(recipients))
        for subject, message, sender, recipients in datatuple
    ]
    return deliver_messages_later(messages, using=using, **options)


def mail_admins_later(
    subject: Text,
    message: Text,
    *,
    html_message: Text | None = None,
    using: str | None = None,
    **options: Unpack[JobOptions],
) -> ActiveJob | Literal[False]:
    """Sends a mail to the ADMINS of this moment; Django's ``mail_admins`` in the background."""
    mail = _to_those_in("ADMINS", subject, message, html_message)
    return deliver_later(mail, using=using, **options)


def mail_managers_later(
    subject: Text,
    message: Text,
    *,
    html_message: Text | None = None,
    using: str | None = None,
    **options: Unpack[JobOptions],
) -> ActiveJob | Literal[False]:
    """Sends a mail to the MANAGERS of this moment; Django's ``mail_managers`` in the background."""
    mail = _to_those_in("MANAGERS", subject, message, html_message)
    return deliver_later(mail, using=using, **options)


async def asend_mail_later(
    subject: Text,
    message: Text,
    from_email: str | None,
    recipient_list: Sequence[str],
    **options: Any,
) -> ActiveJob | Literal[False]:
    """``send_mail_later`` for async code."""
    return await sync_to_async(
        lambda: send_mail_later(subject, message, from_email, recipient_list, **options)
    )()


async def asend_mass_mail_later(datatuple: Mass, **options: Any) -> list[ActiveJob]:
    """``send_mass_mail_later`` for async code."""
    return await sync_to_async(lambda: send_mass_mail_later(datatuple, **options))()


async def amail_admins_later(
    subject: Text, message: Text, **options: Any
) -> ActiveJob | Literal[False]:
    """``mail_admins_later`` for async code."""
    return await sync_to_async(lambda: mail_admins_later(subject, message, **options))()


async def amail_managers_later(
    subject: Text, message: Text, **options: Any
) -> ActiveJob | Literal[False]:
    """``mail_managers_later`` for async code."""
    return await sync_to_async(lambda: mail_managers_later(subject, message, **options))()


def _to_those_in(setting: str, subject: Text, body: Text, html: Text | None) -> EmailMessage:
    mail = EmailMultiAlternatives(
        f"{django_settings.EMAIL_SUBJECT_PREFIX}{subject}",
        str(body),
        django_settings.SERVER_EMAIL,
        _addresses_in(setting),
    )
    if html:
        mail.attach_alternative(str(html), "text/html")
    return mail


def _addresses_in(setting: str) -> list[str]:
    # Texts since Django 6.0, pairs of name and address before.
    people = [
        person[1] if isinstance(person, list | tuple) and len(person) == 2 else person
        for person in getattr(django_settings, setting)
    ]
    if not all(isinstance(address, str | Promise) for address in people):
        raise ConfigurationError(f"{setting}: it has to be a list of email addresses.")
    return [str(address) for address in people]
