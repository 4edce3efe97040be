"""The job that delivers mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django_activejob.errors import DeserializationError
from django_activejob.job.base import ActiveJob
from django_activejob.job.handlers import rescue_from, retry_on
from django_activejob.job.options import queue_as
from django_activejob.mail import registry
from django_activejob.mail.failures import TemporaryFailure
from django_activejob.mail.message_delivery import DELIVER_NOW, DELIVER_NOW_FORCED, MessageDelivery
from django_activejob.mail.rescuing import rescue_for_class
from django_activejob.serialization import Keywords

if TYPE_CHECKING:
    from django_activejob.mail.mailer import Mailer

_METHODS: Final = (DELIVER_NOW, DELIVER_NOW_FORCED)


def _queue_of(job: MailDeliveryJob) -> Any:
    return registry.find(job.arguments[0]).deliver_later_queue_name


@queue_as(_queue_of)
@retry_on(TemporaryFailure, wait="polynomially_longer", attempts=10)
class MailDeliveryJob(ActiveJob):
    """Runs the action of a mailer and delivers its message, as Action Mailer's job.

    A mail server that cannot be reached, or says "later", is tried again for hours; any
    other error is offered to the mailer's ``rescue_from``, and else fails the job.
    A mailer may name a subclass as its ``delivery_job``.
    """

    log_arguments = False
    masked_arguments = ("body", "alternatives", "attachments")

    delivers_mail: ClassVar[bool] = True
    """Marks delivery jobs for test helpers; a delivery job of another kind sets it too."""

    aliases = ("ActionMailer::MailDeliveryJob",)

    def perform(
        self,
        mailer: str,
        action: str,
        delivery_method: str,
        *,
        args: Sequence[Any],
        kwargs: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        """Delivers.

        Args:
            mailer: the name of the mailer class.
            action: the name of the action.
            delivery_method: ``"deliver_now"``; with a ``!``, whatever the mailer's switches say.
            args: the arguments of the action; Keywords at their end are its keyword arguments.
            kwargs: where Ruby on Rails 6.0 wrote keyword arguments.
            params: what was given to ``with_params``.

        Raises:
            DeserializationError: the mailer, or its action, is not here.
        """
        mailer_class = registry.find(mailer)
        if action not in mailer_class.actions() or delivery_method not in _METHODS:
            raise DeserializationError(
                f"{mailer}: it has no action {action!r} for {delivery_method!r}. "
                "Was the action renamed or removed?"
            )
        positional, keywords = _split(args)
        delivery = MessageDelivery(
            mailer_class,
            action,
            args=positional,
            kwargs={**(kwargs or {}), **keywords},
            params=params,
        )
        delivery.job_id = self.job_id
        delivery.deliver_now(force=delivery_method == DELIVER_NOW_FORCED)

    @rescue_from(Exception)
    def handle_with_the_mailer(self, error: BaseException) -> None:
        """Offers an error to the mailer class, even one that kept the arguments from being read."""
        if not rescue_for_class(self._mailer_class(error), error):
            raise error

    def _mailer_class(self, error: BaseException) -> type[Mailer]:
        raw = self.serialized_arguments
        arguments = self.arguments if raw is None else raw
        if not arguments or not isinstance(arguments[0], str):
            raise error
        try:
            return registry.find(arguments[0])
        except DeserializationError:
            raise error from None


def _split(args: Sequence[Any]) -> tuple[Sequence[Any], Mapping[str, Any]]:
    if args and isinstance(args[-1], Keywords):
        return args[:-1], args[-1]
    return args, {}
