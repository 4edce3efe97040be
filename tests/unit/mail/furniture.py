"""Mailers, and what tests of mail look at."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.core.mail import EmailMessage

from django_activejob import ActiveJob, queue_as
from django_activejob.adapters.test import TestAdapter
from django_activejob.job.execution import execute
from django_activejob.mail import MailDeliveryJob, Mailer, action


class WelcomeMailer(Mailer):
    default_options: ClassVar[Any] = {"from_email": "shop@example.com", "subject": "Welcome"}

    @action
    def hello(self, name: str = "you", *, greeting: str = "Hello") -> None:
        self.mail(to="a@example.com", body=f"{greeting} {name}!")

    def nothing(self) -> None:
        pass


class InvitingMailer(Mailer):
    default_options: ClassVar[Any] = {
        "from_email": lambda mailer: mailer.params.get("sender", "nobody@example.com"),
        "to": lambda mailer: mailer.params.get("invitee", "anybody@example.com"),
    }

    def invitation(self) -> str:
        self.mail(subject="Come!", body=f"{self.params.get('sender')} invites you")
        return "this is of no importance"


class SlowDeliveryJob(MailDeliveryJob):
    pass


@queue_as("own")
class QueuedDeliveryJob(MailDeliveryJob):
    pass


class SlowMailer(WelcomeMailer):
    delivery_job = SlowDeliveryJob
    deliver_later_queue_name = "slow"


def perform_all(queue: TestAdapter) -> list[Any]:
    """Performs what is enqueued; returns the executions."""
    envelopes = list(queue.enqueued)
    queue.enqueued.clear()
    return [execute(envelope, adapter=queue) for envelope in envelopes]


def fields_of(queue: TestAdapter, index: int = 0) -> dict[str, Any]:
    """The fields of a message that waits in the queue."""
    fields: dict[str, Any] = keywords_of(queue.enqueued[index].payload)["args"][0]
    return fields


def keywords_of(payload: Any) -> dict[str, Any]:
    """The keyword arguments of a delivery job, as they travel."""
    keywords: dict[str, Any] = payload["arguments"][3]
    return keywords


def content_of(message: EmailMessage, **options: Any) -> bytes:
    """What would be sent, without boundaries and the time of the moment."""
    sent = message.message(**options).as_bytes()
    for number, boundary in enumerate(dict.fromkeys(re.findall(rb"={15}\d+==", sent))):
        sent = sent.replace(boundary, b"boundary-%d" % number)
    return re.sub(rb"^Date: .*$", b"Date:", sent, flags=re.MULTILINE)


class PlainJob(ActiveJob):
    def perform(self) -> None:
        pass
