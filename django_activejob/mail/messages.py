"""Messages that are ready made, delivered later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Literal, Unpack

from asgiref.sync import sync_to_async
from django.core.mail import EmailMessage

from django_activejob.errors import SerializationError
from django_activejob.job.base import ActiveJob
from django_activejob.job.enqueuing import perform_all_later
from django_activejob.mail import attachments, routing
from django_activejob.mail.actions import action
from django_activejob.mail.addresses import check_addresses
from django_activejob.mail.callbacks import after_deliver
from django_activejob.mail.contents import stored_names
from django_activejob.mail.fields import from_fields, to_fields
from django_activejob.mail.mailer import Mailer
from django_activejob.mail.options import JobOptions


class MessageMailer(Mailer):
    """Delivers messages that were made by the enqueuer, from their fields."""

    @action
    def prepared(self, fields: Mapping[str, Any], using: str | None = None) -> None:
        """Makes the message out of its fields.

        Args:
            fields: as ``mail.fields`` writes them.
            using: alias of the mailer; None for the default.
        """
        self.using = using
        self.stored = tuple(stored_names(fields))
        self.message = from_fields(fields)

    @after_deliver
    def remove_stored(self) -> None:
        """Removes attachments from the storage, once they are sent."""
        attachments.remove(self.stored)


class DeliverLaterMixin:
    """For message classes of your own: adds ``deliver_later``. Register them too."""

    def deliver_later(
        self, *, using: str | None = None, **options: Unpack[JobOptions]
    ) -> ActiveJob | Literal[False]:
        """Sends this message in the background; see the function ``deliver_later``."""
        message: Any = self
        return deliver_later(message, using=using, **options)

    async def adeliver_later(
        self, *, using: str | None = None, **options: Unpack[JobOptions]
    ) -> ActiveJob | Literal[False]:
        """``deliver_later`` for async code."""
        message: Any = self
        return await adeliver_later(message, using=using, **options)


def deliver_later(
    message: EmailMessage, *, using: str | None = None, **options: Unpack[JobOptions]
) -> ActiveJob | Literal[False]:
    """Sends a message in the background, as it is now.

    Args:
        message: an EmailMessage, EmailMultiAlternatives, or of a registered class.
        using: alias of a mailer (Django 6.1); None for the default.
        options: ``wait``, ``wait_until``, ``queue``, ``priority``; see ``JobOptions``.

    Returns:
        The job; False when there is no recipient, or when the job was refused.

    Raises:
        ValueError: an address, or another header, cannot be sent.
        SerializationError: the message has something that cannot travel in a job.
        ConfigurationError: the mailer is unknown.
    """
    if not message.recipients():
        return False
    job = to_job(message, using=using)
    try:
        enqueued = job.set(**options).enqueue()
    except BaseException:
        _forget([job])
        raise
    if enqueued is False:
        _forget([job])
    return enqueued


async def adeliver_later(
    message: EmailMessage, *, using: str | None = None, **options: Unpack[JobOptions]
) -> ActiveJob | Literal[False]:
    """``deliver_later`` for async code."""
    return await sync_to_async(lambda: deliver_later(message, using=using, **options))()


def deliver_messages_later(
    messages: Iterable[EmailMessage], *, using: str | None = None, **options: Unpack[JobOptions]
) -> list[ActiveJob]:
    """Sends messages in the background: a job for each that has a recipient, enqueued in one go.

    Returns:
        The jobs; what was refused has an ``enqueue_error``.

    Raises:
        ValueError, SerializationError, ConfigurationError: as ``deliver_later``; nothing
            was enqueued.
    """
    jobs: list[ActiveJob] = []
    try:
        for message in messages:
            if message.recipients():
                jobs.append(to_job(message, using=using).set(**options))
        perform_all_later(jobs)
    except BaseException:
        _forget(jobs)
        raise
    _forget([job for job in jobs if job.enqueue_error is not None])
    return jobs


def to_job(message: EmailMessage, *, using: str | None = None) -> ActiveJob:
    """The job that delivers a message; checked, but not enqueued."""
    _check(message, using)
    job = MessageMailer.prepared({}).to_job()
    keep = partial(attachments.keep, job_id=job.job_id)
    fields = to_fields(message, keep=keep)
    job.keyword_arguments["args"] = [fields, using] if using else [fields]
    return job


def _check(message: EmailMessage, using: str | None) -> None:
    # What cannot be sent is to be said here, not in a worker.
    routing.check_mailer(using)
    connection = vars(message).get("connection") or vars(message).get("_connection")
    if connection is not None and not routing.is_queueing(connection):
        raise SerializationError(
            f"{type(message).__qualname__}: it has a connection object, which cannot travel in a "
            "job. Leave `connection` out, and name a mailer with using=… (Django 6.1)."
        )
    check_addresses(message)
    message.message()


def _forget(jobs: Sequence[ActiveJob]) -> None:
    for job in jobs:
        attachments.remove(stored_names(job.keyword_arguments["args"][0]))
