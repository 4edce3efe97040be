"""What a mailer's ``rescue_from`` methods do about an error."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from django_activejob.job import handlers

if TYPE_CHECKING:
    from django_activejob.mail.mailer import Mailer


def rescue(mailer: Mailer, error: BaseException) -> bool:
    """Lets a mailer deal with an error of its action or of its delivery.

    Returns:
        Whether it has a handler for it. What the handler raises is raised.
    """
    return _rescue(mailer, mailer, error)


def rescue_for_class(mailer_class: type[Mailer], error: BaseException) -> bool:
    """Lets a mailer deal with an error of its delivery job, such as a record that is gone.

    There is no mailer then: as in Action Mailer, the handler's ``self`` is the class.

    Returns:
        Whether it has a handler for it. What the handler raises is raised.
    """
    return _rescue(mailer_class, object.__new__(mailer_class), error)


def is_declared(method: object) -> bool:
    """Whether a method is a handler, and so no action."""
    return hasattr(method, handlers.MARK)


def _rescue(receiver: Any, mailer: Any, error: BaseException) -> bool:
    decision = handlers.decide(mailer, error)
    if not isinstance(decision, handlers.Rescue):
        return False
    method = getattr(type(mailer), decision.method)
    takes_error = len(inspect.signature(method).parameters) > 1
    method(receiver, *((decision.error,) if takes_error else ()))
    return True
