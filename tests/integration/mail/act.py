"""A process of the project that does one thing with mail: ``python -m … act NAME``."""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.contrib.auth.forms import PasswordResetForm  # noqa: E402 - the apps must be ready
from django.contrib.auth.models import User  # noqa: E402
from django.core.mail import EmailMultiAlternatives, send_mail  # noqa: E402

from django_activejob import handler, send_mail_later  # noqa: E402
from django_activejob.contracts import JobQuery  # noqa: E402
from django_activejob.mail import deliver_later  # noqa: E402

PLAIN = ("Plain", "Hello!", None, ["a@example.com"])


def rich_message() -> EmailMultiAlternatives:
    """A message with everything."""
    message = EmailMultiAlternatives(
        "Your report, größer",
        "Grüße aus Köln\nFrom here on\n.\nit goes on.\n",
        "Shop <shop@example.com>",
        ["a@example.com", "Bär <b@example.com>"],
        cc=["c@example.com"],
        bcc=["d@example.com"],
        reply_to=["help@example.com"],
        headers={"X-Campaign": "März"},
    )
    message.attach_alternative("<p>Grüße</p>", "text/html")
    message.attach("report.pdf", bytes(range(256)) * 20, "application/pdf")
    message.attach("notes.txt", "Grüße\n", "text/plain")
    return message


def reset_password() -> None:
    """What the password reset page does."""
    User.objects.create_user("ada", "ada@example.com", "difference")
    form = PasswordResetForm({"email": "ada@example.com"})
    assert form.is_valid()
    form.save(
        domain_override="example.com",
        subject_template_name="subject.txt",
        email_template_name="body.txt",
    )


def errors() -> None:
    """Print what the failed jobs say."""
    inspector = handler.adapter().inspector()
    assert inspector is not None
    failed = inspector.jobs(JobQuery(status="failed")).jobs
    print(json.dumps([job.error.message for job in failed if job.error]))


_ACTS = {
    "rich now": lambda: rich_message().send(),
    "rich later": lambda: deliver_later(rich_message()),
    "plain now": lambda: send_mail(*PLAIN, html_message="<p>Hello!</p>"),
    "plain later": lambda: send_mail_later(*PLAIN, html_message="<p>Hello!</p>"),
    "five later": lambda: [send_mail_later(*PLAIN) for _ in range(5)],
    "reset": reset_password,
    "errors": errors,
}

if __name__ == "__main__":
    _ACTS[sys.argv[1]]()
