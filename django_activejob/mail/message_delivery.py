"""A message that a mailer is going to make and deliver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Unpack

from asgiref.sync import sync_to_async
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string

from django_activejob.job.base import ActiveJob
from django_activejob.mail import processing, registry
from django_activejob.mail.options import JobOptions
from django_activejob.serialization import Keywords, Symbol

if TYPE_CHECKING:
    from django_activejob.mail.mailer import Mailer

DELIVER_NOW = "deliver_now"
DELIVER_NOW_FORCED = "deliver_now!"


class MessageDelivery:
    """What calling an action at a mailer class gives, as in Action Mailer.

    Nothing runs before the message is looked at or delivered.

    Attributes:
        mailer_class, action, args, kwargs: what will be called.
        params: what was given to ``with_params``; None without it.
        job_id: of the job that delivers it; None outside of delivery jobs.
    """

    def __init__(
        self,
        mailer_class: type[Mailer],
        action: str,
        *,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        self.mailer_class = mailer_class
        self.action = action
        self.args = tuple(args)
        self.kwargs = dict(kwargs or {})
        self.params = params
        self.job_id: str | None = None
        self._mailer: Mailer | None = None

    def __repr__(self) -> str:
        return f"<MessageDelivery {registry.name_of(self.mailer_class)}.{self.action}>"

    @property
    def is_processed(self) -> bool:
        """Whether the action has run."""
        return self._mailer is not None

    @property
    def message(self) -> EmailMessage | None:
        """The message; runs the action when it is first asked for.

        None when the action made none: it did not call ``mail``, a ``before_action`` ended
        it, or ``rescue_from`` dealt with its error.
        """
        return self._processed().message

    def deliver_now(self, *, force: bool = False) -> EmailMessage | Literal[False] | None:
        """Delivers the message here and now.

        Args:
            force: as Action Mailer's ``deliver_now!``: it is sent, and an error is raised,
                whatever ``perform_deliveries`` and ``raise_delivery_errors`` say.

        Returns:
            The message; None when there is none; False when a ``before_deliver`` aborted.
        """
        return processing.deliver(self._processed(), job_id=self.job_id, force=force)

    async def adeliver_now(self, *, force: bool = False) -> EmailMessage | Literal[False] | None:
        """``deliver_now`` for async code."""
        return await sync_to_async(self.deliver_now)(force=force)

    def deliver_later(
        self, *, force: bool = False, **options: Unpack[JobOptions]
    ) -> ActiveJob | Literal[False]:
        """Enqueues the delivery: the action will run in a worker.

        Args:
            force: as Action Mailer's ``deliver_later!``; see ``deliver_now``.
            options: ``wait``, ``wait_until``, ``queue``, ``priority``.

        Returns:
            The job, or False when a callback aborted or the adapter refused it.

        Raises:
            RuntimeError: the message was looked at before.
            SerializationError: an argument has no JSON form.
        """
        if self.is_processed:
            raise RuntimeError(
                f"{registry.name_of(self.mailer_class)}.{self.action}: the message was looked at "
                "before deliver_later(). What was changed in it would be lost, for only the "
                "arguments of the action travel with the job. Change it in the mailer, in a "
                "callback of it, or deliver it with deliver_now() or deliver_later(message)."
            )
        return self.to_job(force=force).set(**options).enqueue()

    async def adeliver_later(
        self, *, force: bool = False, **options: Unpack[JobOptions]
    ) -> ActiveJob | Literal[False]:
        """``deliver_later`` for async code."""
        return await sync_to_async(lambda: self.deliver_later(force=force, **options))()

    def to_job(self, *, with_params: bool = False, force: bool = False) -> ActiveJob:
        """The job that delivers it, of the mailer's ``delivery_job``; not enqueued.

        Args:
            force: whatever the mailer's switches say then.
            with_params: names the params even where there are none, as bulk deliveries do.
        """
        keywords: dict[str, Any] = {"args": self._arguments()}
        if self.params is not None or with_params:
            keywords = {"params": _with_symbols(self.params), **keywords}
        name = registry.name_of(self.mailer_class)
        method = DELIVER_NOW_FORCED if force else DELIVER_NOW
        return _delivery_job(self.mailer_class)(name, self.action, method, **keywords)

    def _arguments(self) -> list[Any]:
        return [*self.args, Keywords(self.kwargs)] if self.kwargs else list(self.args)

    def _processed(self) -> Mailer:
        if self._mailer is None:
            self._mailer = self.mailer_class(self.action, self.params or {})
            processing.process(self._mailer, self.args, self.kwargs)
        return self._mailer


def _delivery_job(mailer_class: type[Mailer]) -> type[ActiveJob]:
    chosen = mailer_class.delivery_job
    job_class: type[ActiveJob] = import_string(chosen) if isinstance(chosen, str) else chosen
    return job_class


def _with_symbols(params: Mapping[str, Any] | None) -> dict[str, Any] | None:
    # Neighbours in Ruby look params up by symbols.
    return None if params is None else {Symbol(name): value for name, value in params.items()}
