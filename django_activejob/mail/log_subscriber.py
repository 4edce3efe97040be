"""Signals → log lines about mail, worded as Action Mailer's.

Logger: ``django_activejob.mail``. Who mail goes to stands in DEBUG lines only.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.core.mail import EmailMessage

from django_activejob.mail import registry, signals

if TYPE_CHECKING:
    from django_activejob.mail.mailer import Mailer

_NOTHING_SENT = "an interceptor kept it, or the mail backend has sent nothing"
_SWITCHED_OFF = "`perform_deliveries` is False"

logger = logging.getLogger("django_activejob.mail")


def connect() -> None:
    """Begins to listen; calling it again changes nothing."""
    for signal, receiver in _RECEIVERS:
        signal.connect(receiver, dispatch_uid=f"{__name__}.{receiver.__name__}")


def _processed(*, mailer: Mailer, seconds: float, **_: Any) -> None:
    logger.debug("%s: processed outbound mail in %s", _action(mailer), _milliseconds(seconds))


def _delivered(
    *,
    mailer: Mailer,
    message: EmailMessage,
    sent: int,
    error: BaseException | None,
    seconds: float,
    **_: Any,
) -> None:
    message_id = _id_of(message)
    facts = {"message_id": message_id, "mailer": _action(mailer)}
    if error is not None:
        kind, text = type(error).__qualname__, str(error)
        line = "Failed delivery of mail %s error_class=%s error_message=%r"
        # A job decides whether this is serious; it may be tried again.
        logger.warning(line, message_id, kind, text, extra=facts)
    elif sent:
        logger.info("Delivered mail %s (%s)", message_id, _milliseconds(seconds), extra=facts)
    else:
        reason = _NOTHING_SENT if mailer.perform_deliveries else _SWITCHED_OFF
        logger.info("Skipped delivery of mail %s: %s", message_id, reason, extra=facts)
    if logger.isEnabledFor(logging.DEBUG):
        logger.debug("%s", message.message().as_string(), extra=facts)


def _action(mailer: Mailer) -> str:
    return f"{registry.name_of(type(mailer))}.{mailer.action_name}"


def _id_of(message: EmailMessage) -> str:
    named = {name.lower(): value for name, value in message.extra_headers.items()}
    return str(named.get("message-id", ""))


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f}ms"


_RECEIVERS = ((signals.mail_processed, _processed), (signals.mail_delivered, _delivered))
