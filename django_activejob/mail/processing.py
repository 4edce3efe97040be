"""A mailer's action runs, and its message is delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from django.core.mail import EmailMessage

from django_activejob import clock
from django_activejob.errors import Abort
from django_activejob.instrumentation import notify
from django_activejob.mail import callbacks, interceptors, message_ids, routing, signals
from django_activejob.mail.rescuing import rescue

if TYPE_CHECKING:
    from django_activejob.mail.mailer import Mailer


def process(mailer: Mailer, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Runs the action with its callbacks; afterwards the mailer has its message, or None.

    An error is offered to the mailer's ``rescue_from`` methods first.
    """
    if mailer.raise_on_missing_callback_actions:
        callbacks.check_named_actions(type(mailer))
    started = clock.monotonic()
    action = getattr(mailer, mailer.action_name)
    try:
        callbacks.run(mailer, "action", lambda: action(*args, **kwargs))
    except Exception as error:
        mailer.message = None
        if not rescue(mailer, error):
            raise
    seconds = clock.monotonic() - started
    notify(
        signals.mail_processed,
        type(mailer),
        mailer=mailer,
        args=args,
        kwargs=kwargs,
        seconds=seconds,
    )


def deliver(
    mailer: Mailer, *, job_id: str | None, force: bool = False
) -> EmailMessage | Literal[False] | None:
    """Sends the message of a mailer, with its callbacks.

    An error that no ``around_deliver`` swallows is offered to ``rescue_from`` methods.

    Args:
        job_id: of the delivery job, which gives the Message-ID; None for a random one.
        force: whether it is sent, and an error raised, whatever the mailer's switches say.

    Returns:
        The message; None when there is none; False when a ``before_deliver`` aborted.
    """
    if force:
        mailer.perform_deliveries = mailer.raise_delivery_errors = True
    try:
        ending = callbacks.run(mailer, "deliver", lambda: _send(mailer, job_id))
    except Exception as error:
        if not rescue(mailer, error):
            raise
        return mailer.message
    return False if ending.aborted else mailer.message


def _send(mailer: Mailer, job_id: str | None) -> None:
    message = mailer.message
    if message is None:
        return
    message_id = message_ids.of_job(job_id, message) if job_id else None
    message.extra_headers = message_ids.with_message_id(message.extra_headers, message_id)
    started, error, sent = clock.monotonic(), None, 0
    try:
        sent = _send_intercepted(mailer, message)
    except Exception as raised:
        error = raised
        if mailer.raise_delivery_errors:
            raise
    finally:
        seconds = clock.monotonic() - started
        facts = {"mailer": mailer, "message": message, "sent": sent, "error": error}
        notify(signals.mail_delivered, type(mailer), seconds=seconds, **facts)


def _send_intercepted(mailer: Mailer, message: EmailMessage) -> int:
    try:
        interceptors.intercept(message)
    except Abort:
        return 0
    if not mailer.perform_deliveries:
        return 0
    return routing.send(message, using=mailer.using, options=mailer.mailer_options)
