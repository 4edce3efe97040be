"""Through which of Django's mailers a message goes; Django 6.1 brought them."""

from __future__ import annotations

from typing import Any

from django.core import mail
from django.core.mail import EmailMessage

from django_activejob.errors import ConfigurationError


def check_mailer(using: str | None) -> None:
    """Checks that a mailer of this name can be used.

    Raises:
        ConfigurationError: it is unknown, or this Django has no mailers.
    """
    if using is None:
        return
    mailers: Any = getattr(mail, "mailers", None)
    if mailers is None:
        raise ConfigurationError(
            f"using={using!r}: mailers by name came with Django 6.1. Leave `using` out; "
            "EMAIL_BACKEND says how mail is sent."
        )
    if using not in mailers:
        known = ", ".join(sorted(mailers)) or "none"
        raise ConfigurationError(f"using={using!r}: MAILERS has no such alias. There are: {known}.")


def send(message: EmailMessage, *, using: str | None) -> int:
    """Sends a message through a mailer; None means the default one."""
    if using is None:
        return message.send()
    options: dict[str, Any] = {"using": using}
    return message.send(**options)
