"""Mailers: classes that make messages, as Action Mailer's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django.core.mail import EmailMessage, EmailMultiAlternatives

from django_activejob import conf
from django_activejob.mail import registry, templates
from django_activejob.mail.actions import Action, Parameterized, turn_methods_into_actions


class OfSettings:
    """A setting that is read when it is asked for, so that classes may say otherwise."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, mailer: object, owner: type) -> Any:
        """The value of the setting."""
        return getattr(conf.settings(), self._name)


class Mailer:
    """Makes messages; the base class of all mailers.

    Each public method of a subclass is an action: it calls ``self.mail(...)`` with what the
    message shall be. At the class, an action makes a delivery that has not run yet::

        class ReportMailer(Mailer):
            default_options = {"from_email": "reports@example.com"}

            def completed(self, report):
                self.mail(to=[report.email], subject="Your report", context={"report": report})

        ReportMailer.completed(report).deliver_later(wait=60)

    Attributes:
        action_name: the action that runs.
        params: what was given to ``with_params``; empty without it.
        message: what ``mail`` has made; None before.
        using: the alias of the mailer in MAILERS that sends it.
    """

    default_options: ClassVar[Mapping[str, Any]] = {}
    """What ``mail`` is given unless it is told otherwise, over that of the parents.

    A callable is called with the mailer.
    """

    using: str | None = None
    """Alias of the mailer in MAILERS through which messages go; None for the default."""

    mailer_options: Mapping[str, Any] = {}
    """Options for its mail backend, over those in MAILERS; ``mail`` may give some per message."""

    delivery_job: ClassVar[Any] = OfSettings("mail_delivery_job")
    """The job class that delivers later, or its dotted path."""

    deliver_later_queue_name: ClassVar[Any] = OfSettings("mail_queue_name")
    """The queue of later deliveries; None for that of jobs which name none."""

    perform_deliveries: Any = OfSettings("mail_perform_deliveries")
    """Whether messages are sent; if not, all but the sending happens."""

    raise_delivery_errors: Any = OfSettings("mail_raise_delivery_errors")
    """Whether an error of a delivery is raised; if not, it is logged, and nothing is retried."""

    raise_on_missing_callback_actions: ClassVar[bool] = False
    """Whether ``only`` and ``except_`` of callbacks may name actions that are not there."""

    wire_name: ClassVar[str | None] = None
    """The class's name in payloads, where it is not to be worked out; not inherited."""

    aliases: ClassVar[tuple[str, ...]] = ()
    """Former names, so that deliveries enqueued under them still run; not inherited."""

    _actions: ClassVar[dict[str, Action[...]] | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        turn_methods_into_actions(cls, base=Mailer)
        cls._actions = None
        registry.register(cls)

    def __init__(self, action_name: str, params: Mapping[str, Any]) -> None:
        self.action_name = action_name
        self.params = params
        self.message: EmailMessage | None = None

    @classmethod
    def actions(cls) -> Mapping[str, Action[...]]:
        """The actions by name, those of the parents too."""
        if cls._actions is None:
            cls._actions = {
                name: member
                for parent in reversed(cls.__mro__)
                for name, member in vars(parent).items()
                if isinstance(member, Action)
            }
        return cls._actions

    @classmethod
    def with_params(cls, **params: Any) -> Any:
        """This mailer with params, which its actions and callbacks find in ``self.params``."""
        return Parameterized(cls, params)

    def _mail(
        self,
        /,
        *,
        template: str | None = None,
        context: Mapping[str, Any] | None = None,
        using: str | None = None,
        mailer_options: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> EmailMessage:
        """Makes the message.

        Args:
            template: name of the templates without ``.txt`` and ``.html``; either may be
                missing. Without it, and without ``body`` and ``html_message``, it is
                ``"report_mailer/completed"`` for ``ReportMailer.completed``.
            context: for the templates.
            using: alias of a mailer in MAILERS for this message.
            mailer_options: options for its mail backend, over those of the class.
            options: ``subject``, ``body``, ``html_message``, and what Django's
                EmailMultiAlternatives takes: ``from_email``, ``to``, ``cc``, ``bcc``,
                ``reply_to``, ``headers``, ``attachments``.
        """
        given = {**self._defaults(), **options}
        text, html = given.pop("body", None), given.pop("html_message", None)
        if template is not None or (text is None and html is None):
            text, html = templates.render(template or self._template(), context or {})
        if using is not None:
            self.using = using
        if mailer_options is not None:
            self.mailer_options = {**self.mailer_options, **mailer_options}
        self.message = _message(given, text, html)
        return self.message

    # At the class it delivers a message that needs no action of its own.
    mail = Action(_mail)
    mail.__name__ = "mail"

    def _defaults(self) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for parent in reversed(type(self).__mro__):
            merged.update(vars(parent).get("default_options", {}))
        return {name: value(self) if callable(value) else value for name, value in merged.items()}

    def _template(self) -> str:
        return f"{underscored(type(self).__name__)}/{self.action_name}"


def _message(given: Mapping[str, Any], text: Any, html: Any) -> EmailMessage:
    listed: dict[str, Any] = {
        name: _as_list(value) if name in _LISTS else value for name, value in given.items()
    }
    message = EmailMultiAlternatives(body=str(html if text is None else text), **listed)
    if text is None:
        message.content_subtype = "html"
    elif html is not None:
        message.attach_alternative(str(html), "text/html")
    return message


_LISTS: Final = ("to", "cc", "bcc", "reply_to")
_BETWEEN_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def _as_list(addresses: Any) -> Sequence[Any] | None:
    return [addresses] if isinstance(addresses, str) else addresses


def underscored(name: str) -> str:
    """A class's name as files have it: ``report_mailer`` for ``ReportMailer``."""
    return _BETWEEN_WORDS.sub("_", name).lower()
