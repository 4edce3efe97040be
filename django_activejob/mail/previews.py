"""Previews: methods that return a delivery with made-up data, for a page to show."""

from __future__ import annotations

import inspect
from typing import Any

from django.utils.module_loading import autodiscover_modules

from django_activejob.mail import registry
from django_activejob.mail.message_delivery import MessageDelivery

MODULE = "mailer_previews"

_classes: list[type[MailerPreview]] = []


class MailerPreview:
    """The base class of previews, as Action Mailer's; in an app's ``mailer_previews.py``.

    Every public method returns a delivery::

        class ReportMailerPreview(MailerPreview):
            def completed(self):
                return ReportMailer.completed(Report(title="January"))
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        _classes.append(cls)


def previews() -> dict[str, list[str]]:
    """The names of all preview classes, with those of their methods, in order."""
    named = _by_name()
    return {name: _methods_of(named[name]) for name in sorted(named)}


def preview(class_name: str, method: str) -> MessageDelivery:
    """The delivery of one preview.

    Raises:
        LookupError: there is no such preview.
    """
    preview_class = _by_name().get(class_name)
    if preview_class is None or method not in _methods_of(preview_class):
        raise LookupError(f"{class_name}.{method}: there is no such preview.")
    delivery: MessageDelivery = getattr(preview_class(), method)()
    return delivery


def _by_name() -> dict[str, type[MailerPreview]]:
    autodiscover_modules(MODULE)
    return {registry.name_of(preview_class): preview_class for preview_class in _classes}


def _methods_of(preview_class: type[MailerPreview]) -> list[str]:
    return [
        name
        for name, _ in inspect.getmembers(preview_class, inspect.isfunction)
        if not name.startswith("_")
    ]
