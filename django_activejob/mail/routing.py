"""Through which mailer a message goes, and never through one that queues."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from django_activejob import conf
from django_activejob.errors import ConfigurationError
from django_activejob.mail import connections, mailers
from django_activejob.mail.mailers import DEFAULT

Options = Mapping[str, Any]

_NONE: Final[Options] = MappingProxyType({})


def send(message: EmailMessage, *, using: str | None, options: Options = _NONE) -> int:
    """Sends a message now.

    Args:
        using: alias of a mailer; None for the default one. A queueing mailer stands for
            the mailer that it names, so that mail cannot queue itself again.
        options: for the backend that sends, over those of the mailer.

    Returns:
        How many messages were sent: 1, or 0 without recipients.

    Raises:
        ConfigurationError: the way ends at a queueing mailer, or at none.
    """
    if not message.recipients():
        return 0
    return connections.send(backend_for(using, options), message)


def check_mailer(using: str | None) -> None:
    """Checks that a mailer of this name can be used.

    Raises:
        ConfigurationError: it is unknown.
    """
    if using is None:
        return
    named = mailers.named()
    if named is None:
        raise ConfigurationError(
            f"using={using!r}: this project has no mailers by name. Write the setting MAILERS; "
            "Django reads it from 6.1 on, and we do before. Or leave `using` out."
        )
    _demand_mailer(using, named)


def backend_for(using: str | None, options: Options = _NONE) -> BaseEmailBackend:
    """The backend that sends, never one that queues; it is not open yet.

    Raises:
        ConfigurationError: there is none.
    """
    check_mailer(using)
    backend: BaseEmailBackend = _outer(using)
    if is_queueing(backend):
        return _inner(backend, options)
    if options:
        # Made again: before it was known whether a queueing one has to take them.
        backend = _outer(using, options)
    return backend


def is_queueing(backend: Any) -> bool:
    """Whether a backend, or a class of backends, queues what it is given."""
    kind = backend if isinstance(backend, type) else type(backend)
    return bool(getattr(kind, "is_queueing", False))


def _outer(using: str | None, options: Options = _NONE) -> Any:
    if using is None and not mailers.has_default():
        return mailers.from_older_settings(options)
    alias = DEFAULT if using is None else using
    _demand_mailer(alias, mailers.named() or {})
    return mailers.make(alias, options)


def _demand_mailer(alias: str, named: Mapping[str, Any]) -> None:
    if alias not in named:
        known = ", ".join(sorted(named)) or "none"
        raise ConfigurationError(f"using={alias!r}: MAILERS has no such alias. There are: {known}.")


def _inner(queueing: Any, options: Options) -> BaseEmailBackend:
    inner: Any
    if getattr(queueing, "alias", None) is None:
        place = f'{conf.NAME}["EMAIL_BACKEND"]'
        inner = mail.get_connection(conf.settings().email_backend, **options)
    else:
        place = f'MAILERS["{queueing.alias}"]["OPTIONS"]["using"]'
        inner = _inner_mailer(queueing, place, options)
    if is_queueing(inner):
        raise ConfigurationError(
            f"{place}: this queues mail too, so nothing would ever be sent. Name what sends."
        )
    return inner  # type: ignore[no-any-return]  # what Django makes of a backend's path


def _inner_mailer(queueing: Any, place: str, options: Options) -> Any:
    if queueing.using not in (mailers.named() or {}):
        raise ConfigurationError(
            f"{place}: {queueing.using!r} is not an alias of MAILERS. Name the one that sends."
        )
    return mailers.make(queueing.using, options)
