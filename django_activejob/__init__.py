"""Background jobs for Django, with the conventions of Rails' Active Job.

The public names, loaded when they are first used: importing this package is fine
before the app registry is ready.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from django_activejob.attributes import Attributes as Attributes
    from django_activejob.attributes import attribute as attribute
    from django_activejob.continuations import Continuable as Continuable
    from django_activejob.errors import Abort as Abort
    from django_activejob.job.base import ActiveJob as ActiveJob
    from django_activejob.job.callbacks import after_discard as after_discard
    from django_activejob.job.callbacks import after_enqueue as after_enqueue
    from django_activejob.job.callbacks import after_perform as after_perform
    from django_activejob.job.callbacks import around_enqueue as around_enqueue
    from django_activejob.job.callbacks import around_perform as around_perform
    from django_activejob.job.callbacks import before_enqueue as before_enqueue
    from django_activejob.job.callbacks import before_perform as before_perform
    from django_activejob.job.context import current_job as current_job
    from django_activejob.job.enqueuing import perform_all_later as perform_all_later
    from django_activejob.job.handlers import discard_on as discard_on
    from django_activejob.job.handlers import rescue_from as rescue_from
    from django_activejob.job.handlers import retry_on as retry_on
    from django_activejob.job.options import queue_as as queue_as
    from django_activejob.job.options import queue_with_priority as queue_with_priority
    from django_activejob.limits import limits_concurrency as limits_concurrency
    from django_activejob.limits import throttle as throttle
    from django_activejob.limits import unique_for as unique_for
    from django_activejob.mail.bulk import deliver_all_later as deliver_all_later
    from django_activejob.mail.mailer import Mailer as Mailer
    from django_activejob.mail.messages import deliver_later as deliver_later
    from django_activejob.mail.sending import mail_admins_later as mail_admins_later
    from django_activejob.mail.sending import mail_managers_later as mail_managers_later
    from django_activejob.mail.sending import send_mail_later as send_mail_later
    from django_activejob.mail.sending import send_mass_mail_later as send_mass_mail_later

__version__ = "0.1.0"

_HOMES: Final = {
    "Abort": "errors",
    "ActiveJob": "job.base",
    "Attributes": "attributes",
    "Continuable": "continuations",
    "after_discard": "job.callbacks",
    "after_enqueue": "job.callbacks",
    "after_perform": "job.callbacks",
    "around_enqueue": "job.callbacks",
    "around_perform": "job.callbacks",
    "attribute": "attributes",
    "before_enqueue": "job.callbacks",
    "before_perform": "job.callbacks",
    "current_job": "job.context",
    "discard_on": "job.handlers",
    "limits_concurrency": "limits",
    "perform_all_later": "job.enqueuing",
    "queue_as": "job.options",
    "queue_with_priority": "job.options",
    "rescue_from": "job.handlers",
    "retry_on": "job.handlers",
    "deliver_all_later": "mail.bulk",
    "deliver_later": "mail.messages",
    "Mailer": "mail.mailer",
    "mail_admins_later": "mail.sending",
    "mail_managers_later": "mail.sending",
    "send_mail_later": "mail.sending",
    "send_mass_mail_later": "mail.sending",
    "throttle": "limits",
    "unique_for": "limits",
}

__all__ = [*_HOMES]  # noqa: PLE0604 - the keys are strings


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
