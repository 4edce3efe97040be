"""Through which of Django's mailers a message goes; Django 6.1 brought them."""

from __future__ import annotations

from typing import Any

from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from django_activejob import conf
from django_activejob.errors import ConfigurationError
from django_activejob.mail import connections

DEFAULT = "default"


def send(message: EmailMessage, *, using: str | None) -> int:
    """Sends a message now.

    Args:
        using: alias of a mailer; None for the default one. A queueing mailer stands for
            the mailer that it names, so that mail cannot queue itself again.

    Returns:
        How many messages were sent: 1, or 0 without recipients.

    Raises:
        ConfigurationError: the way ends at a queueing mailer, or at none.
    """
    if not message.recipients():
        return 0
    return connections.send(backend_for(using), message)


def check_mailer(using: str | None) -> None:
    """Checks that a mailer of this name can be used.

    Raises:
        ConfigurationError: it is unknown, or this Django has no mailers.
    """
    if using is None:
        return
    mailers = _mailers()
    if mailers is None:
        raise ConfigurationError(
            f"using={using!r}: mailers by name came with Django 6.1. Leave `using` out; "
            "EMAIL_BACKEND says how mail is sent."
        )
    if using not in mailers:
        known = ", ".join(sorted(mailers)) or "none"
        raise ConfigurationError(f"using={using!r}: MAILERS has no such alias. There are: {known}.")


def backend_for(using: str | None) -> BaseEmailBackend:
    """The backend that sends, never one that queues; it is not open yet.

    Raises:
        ConfigurationError: there is none.
    """
    check_mailer(using)
    backend = _named(using or DEFAULT)
    return _inner(backend) if is_queueing(backend) else backend


def is_queueing(backend: Any) -> bool:
    """Whether a backend, or a class of backends, queues what it is given."""
    kind = backend if isinstance(backend, type) else type(backend)
    return bool(getattr(kind, "is_queueing", False))


def _named(alias: str) -> Any:
    mailers = _mailers()
    return mail.get_connection() if mailers is None else mailers[alias]


def _inner(queueing: Any) -> BaseEmailBackend:
    inner: Any
    if getattr(queueing, "alias", None) is None:
        place = f'{conf.NAME}["EMAIL_BACKEND"]'
        inner = mail.get_connection(conf.settings().email_backend)
    else:
        place = f'MAILERS["{queueing.alias}"]["OPTIONS"]["using"]'
        inner = _inner_mailer(queueing, place)
    if is_queueing(inner):
        raise ConfigurationError(
            f"{place}: this queues mail too, so nothing would ever be sent. Name what sends."
        )
    return inner  # type: ignore[no-any-return]  # what Django makes of a backend's path


def _inner_mailer(queueing: Any, place: str) -> Any:
    mailers = _mailers()
    if mailers is None or queueing.using not in mailers:
        raise ConfigurationError(
            f"{place}: {queueing.using!r} is not an alias of MAILERS. Name the one that sends."
        )
    return mailers[queueing.using]


def _mailers() -> Any:
    return getattr(mail, "mailers", None)
