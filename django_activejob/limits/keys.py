"""What jobs share: the keys of limits, locks and throttles."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django_activejob.errors import ConfigurationError
from django_activejob.globalid import is_identifiable, to_global_id
from django_activejob.job import registry
from django_activejob.job.packing import decode_arguments
from django_activejob.serialization import serialize_arguments

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

Key = str | Callable[..., Any]

KEY_CHARACTERS: Final = 255
THROTTLE_KEY_CHARACTERS: Final = 240  # so that a store may put a word of its own before it
_PLAIN = (str, int, uuid.UUID, date, Decimal)


def key_of(
    job: ActiveJob, key: Key, *, group: str | None, most: int = KEY_CHARACTERS
) -> str | None:
    """What a job shares with others, as text; None when it shares nothing.

    Args:
        group: what the key belongs to; None for the name of the job's class.
        most: of how many characters; a digest stands for what is longer.

    Raises:
        ConfigurationError: the key is a value of which no text can be made.
    """
    part = _text_of(job, _said(job, key))
    if not part:
        return None
    return _bounded(f"{group or registry.name_of(type(job))}/{part}", most=most)


def arguments_key(job: ActiveJob) -> str:
    """A key that jobs of one class share when their arguments are equal.

    Raises:
        SerializationError: an argument has no JSON form.
    """
    arguments = job.serialized_arguments
    if arguments is None:
        # In one order, so that it does not matter in which the keywords were given.
        arguments = serialize_arguments(job.arguments, dict(sorted(job.keyword_arguments.items())))
    text = json.dumps(arguments, sort_keys=True)
    return _bounded(f"{registry.name_of(type(job))}/{_digest(text)}", most=KEY_CHARACTERS)


def _said(job: ActiveJob, key: Key) -> Any:
    if not callable(key):
        return key
    decode_arguments(job)
    return key(*job.arguments, **job.keyword_arguments)


def _text_of(job: ActiveJob, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        return "/".join(_text_of(job, each) for each in value)
    if isinstance(value, _PLAIN):
        return str(value)
    if is_identifiable(value):
        return str(to_global_id(value))
    raise ConfigurationError(
        f"{registry.name_of(type(job))} (job id {job.job_id}): its key is {value!r}, and a "
        f"{type(value).__name__} makes no key. Give a text, a number, a date, a UUID, a model "
        "instance, or a tuple of those."
    )


def _bounded(key: str, *, most: int) -> str:
    """The key; a digest in place of what is too long, or of what a store cannot hold."""
    if len(key) <= most and key.isprintable():
        return key
    head = "".join(character for character in key[:150] if character.isprintable())
    return f"{head}/{_digest(key)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
