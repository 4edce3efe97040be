"""The mail backend that queues, for code that is not to be changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from typing_extensions import override

from django_activejob.errors import ActiveJobError, ConfigurationError
from django_activejob.mail.messages import deliver_messages_later


class QueuedEmailBackend(BaseEmailBackend):
    """Enqueues what it is given; workers send it through the backend behind it.

    From Django 6.1 on it is named in MAILERS, together with what sends::

        MAILERS = {
            "default": {
                "BACKEND": "django_activejob.mail.backends.QueuedEmailBackend",
                "OPTIONS": {"using": "smtp"},
            },
            "smtp": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {…}},
        }

    Before, EMAIL_BACKEND names it, and ``ACTIVE_JOB["EMAIL_BACKEND"]`` what sends.

    Args:
        using: alias of the mailer that sends.
        queue: None means the setting MAIL_QUEUE_NAME.
        priority: smaller is sooner.
        fail_silently: whether an error of the enqueuing is kept silent; those of the
            sending are the job's.
    """

    is_queueing: ClassVar[bool] = True
    """Tells a queueing backend to those who look for one that sends."""

    def __init__(
        self,
        *,
        using: str | None = None,
        queue: str | None = None,
        priority: int | None = None,
        fail_silently: bool = False,
        **options: Any,
    ) -> None:
        _refuse_passwords(options)
        super().__init__(**options)
        self.using = using
        self.queue = queue
        self.priority = priority
        self.fail_silently = fail_silently

    @override
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Enqueues messages.

        Returns:
            How many were enqueued, or will be when their transaction commits.

        Raises:
            ValueError, ActiveJobError: one cannot be sent, or the queue refused it.
        """
        try:
            return self._enqueue(email_messages)
        except ActiveJobError:
            if not self.fail_silently:
                raise
            return 0

    def _enqueue(self, messages: Sequence[EmailMessage]) -> int:
        # Through the alias of this very mailer: it stands for the one behind it.
        alias = getattr(self, "alias", None)
        jobs = deliver_messages_later(
            messages, using=alias, queue=self.queue, priority=self.priority
        )
        refused = [job.enqueue_error for job in jobs if job.enqueue_error is not None]
        if refused and not self.fail_silently:
            raise refused[0]
        return len(jobs) - len(refused)


def _refuse_passwords(options: dict[str, Any]) -> None:
    for name in ("username", "password"):
        if options.get(name) is not None:
            raise ConfigurationError(
                f"QueuedEmailBackend: a {name} does not travel in a job. Give it to the backend "
                "that sends, in MAILERS or in EMAIL_HOST_USER and EMAIL_HOST_PASSWORD."
            )
