"""Who looks at every message before it goes out, and who hears of it afterwards.

As in Action Mailer, an interceptor may change a message, its recipients too, or keep it from
going out with ``raise Abort``; an observer is told of what was delivered. Both see the mail of
all mailers, and so what ``send_mail_later`` sends. Those of the setting ``MAIL_INTERCEPTORS``
or ``MAIL_OBSERVERS`` come first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from django.core.mail import EmailMessage
from django.utils.module_loading import import_string

from django_activejob import conf
from django_activejob.mail import signals

if TYPE_CHECKING:
    from django_activejob.mail.mailer import Mailer


class Interceptor(Protocol):
    """Looks at messages before they go out; a class with such a class method will do."""

    def delivering_email(self, message: EmailMessage) -> object:
        """May change the message; ``raise Abort`` keeps it from going out."""


class Observer(Protocol):
    """Hears of messages that went out; a class with such a class method will do."""

    def delivered_email(self, message: EmailMessage) -> object:
        """Is told of a message; what it raises is logged, and nothing more."""


Intercepting = Interceptor | Callable[[EmailMessage], object] | str
Observing = Observer | Callable[[EmailMessage], object] | str

_interceptors: list[Any] = []  # changed while the process starts, or by tests
_observers: list[Any] = []


def register_interceptor(*interceptors: Intercepting) -> None:
    """Adds interceptors: objects, functions of a message, or dotted paths of either."""
    _interceptors.extend(map(_resolved, interceptors))


def unregister_interceptor(*interceptors: Intercepting) -> None:
    """Takes interceptors away again."""
    _take_away(_interceptors, interceptors)


def register_observer(*observers: Observing) -> None:
    """Adds observers: objects, functions of a message, or dotted paths of either."""
    _observers.extend(map(_resolved, observers))


def unregister_observer(*observers: Observing) -> None:
    """Takes observers away again."""
    _take_away(_observers, observers)


def intercept(message: EmailMessage) -> None:
    """Shows a message to the interceptors, one after the other.

    Raises:
        Abort: one keeps it from going out.
    """
    for interceptor in _all(conf.settings().mail_interceptors, _interceptors):
        _method(interceptor, "delivering_email")(message)


def connect() -> None:
    """Begins to tell observers; calling it again changes nothing."""
    signals.mail_delivered.connect(_tell, dispatch_uid=f"{__name__}._tell")


def _tell(*, mailer: Mailer, message: EmailMessage, error: BaseException | None, **_: Any) -> None:
    # As in Action Mailer: not of an error that is raised, but of one that is kept silent.
    if error is not None and mailer.raise_delivery_errors:
        return
    for observer in _all(conf.settings().mail_observers, _observers):
        _method(observer, "delivered_email")(message)


def _all(paths: Iterable[str], registered: Iterable[Any]) -> Iterator[Any]:
    yield from map(import_string, paths)
    yield from list(registered)


def _resolved(given: Any) -> Any:
    return import_string(given) if isinstance(given, str) else given


def _method(listener: Any, name: str) -> Callable[[EmailMessage], object]:
    method: Callable[[EmailMessage], object] = getattr(listener, name, listener)
    return method


def _take_away(registered: list[Any], given: Iterable[Any]) -> None:
    for each in map(_resolved, given):
        if each in registered:
            registered.remove(each)
