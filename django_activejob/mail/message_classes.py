"""The classes of messages that a payload can name."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final, TypeVar

from django.core.mail import EmailMessage, EmailMultiAlternatives

from django_activejob.errors import DeserializationError, SerializationError

M = TypeVar("M", bound=type[EmailMessage])

_classes: dict[str, type[EmailMessage]] = {
    "EmailMessage": EmailMessage,
    "EmailMultiAlternatives": EmailMultiAlternatives,
}

# Known without being registered; imported when a message of theirs is sent.
_WELL_KNOWN: Final = {"anymail.message.AnymailMessage": ("anymail.message", "AnymailMessage")}


def register_message_class(message_class: M) -> M:
    """Lets messages of a class of your own be sent later; to be used as a class decorator.

    A message is made again without its ``__init__``: its attributes are set as they were,
    so they must have a JSON form.
    """
    _classes[_path_of(message_class)] = message_class
    return message_class


def name_of(message_class: type[EmailMessage]) -> str:
    """The name of a class in payloads.

    Raises:
        SerializationError: it is not registered.
    """
    for name, known in _classes.items():
        if known is message_class:
            return name
    path = _path_of(message_class)
    if path in _WELL_KNOWN:
        return path
    raise SerializationError(
        f"{path}: messages of this class cannot be sent later. Put @register_message_class from "
        "django_activejob.mail above it."
    )


def find(name: str) -> type[EmailMessage]:
    """The class of a name.

    Raises:
        DeserializationError: it is not registered here.
    """
    found = _classes.get(name) or _well_known(name)
    if found is None:
        raise DeserializationError(
            f"{name}: no message class of this name is registered here. Is its module imported?"
        )
    return found


def _well_known(name: str) -> type[EmailMessage] | None:
    if name not in _WELL_KNOWN:
        return None
    module, attribute = _WELL_KNOWN[name]
    found: Any = getattr(import_module(module), attribute)
    return found  # type: ignore[no-any-return]  # a subclass of EmailMessage


def _path_of(message_class: type) -> str:
    return f"{message_class.__module__}.{message_class.__qualname__}"
