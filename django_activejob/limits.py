"""How many jobs with one key run at once, and for how long a job is the only one of its kind."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from django_activejob.contracts import Limit, Unique
from django_activejob.errors import ConfigurationError
from django_activejob.globalid import is_identifiable, to_global_id
from django_activejob.job import registry
from django_activejob.job.packing import decode_arguments
from django_activejob.serialization import serialize_arguments

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

J = TypeVar("J", bound="ActiveJob")
Key = str | Callable[..., Any]
OnConflict = Literal["block", "discard"]
Until = Literal["start", "finish", "expiry"]

DURATION: Final = 180.0  # seconds, as in Solid Queue
KEY_CHARACTERS: Final = 255
_PLAIN = (str, int, uuid.UUID, date, Decimal)


def limits_concurrency(
    *,
    key: Key,
    to: int = 1,
    duration: float | timedelta = DURATION,
    group: str | None = None,
    on_conflict: OnConflict = "block",
) -> Callable[[type[J]], type[J]]:
    """Lets only so many jobs with one key run at once, as Solid Queue's ``limits_concurrency``.

    Args:
        key: what the jobs share: a name, or a callable that is given what ``perform`` is given.
            A model instance stands for its Global ID. None or an empty text: no limit.
        to: how many may be ready or running at once.
        duration: seconds, or a timedelta, after which a job that still runs no longer counts.
        group: what the key belongs to; the same in several classes, they share the limit.
            None is the name of the job's class.
        on_conflict: "block" lets the others wait, "discard" refuses them (ConcurrencyConflict).

    Raises:
        ConfigurationError: an argument makes no sense.
    """
    _demand(_is_key(key), "limits_concurrency", "key", key, "a name or a callable")
    _demand(_is_count(to), "limits_concurrency", "to", to, "a whole number from 1")
    seconds = _seconds("limits_concurrency", "duration", duration)
    _demand(_is_group(group), "limits_concurrency", "group", group, "a name or None")
    _demand(
        on_conflict in ("block", "discard"),
        "limits_concurrency",
        "on_conflict",
        on_conflict,
        '"block" or "discard"',
    )

    def limit_for(job: ActiveJob) -> Limit | None:
        text = _key_of(job, key, group=group)
        if text is None:
            return None
        return Limit(key=text, to=to, duration=seconds, on_conflict=on_conflict)

    def decorate(job_class: type[J]) -> type[J]:
        job_class.limit_for = staticmethod(limit_for)
        return job_class

    return decorate


def unique_for(
    seconds: float | timedelta, *, key: Key | None = None, until: Until = "finish"
) -> Callable[[type[J]], type[J]]:
    """Refuses a job (DuplicateJob) while another one with its key holds the lock.

    Args:
        seconds: for how long the lock holds at most, as a number or a timedelta.
        key: a name, or a callable that is given what ``perform`` is given; None or an empty
            text from it: not unique. Without a key, jobs with equal arguments are the same.
        until: the lock ends when the job starts ("start"), when it has come to its final end,
            after all retries ("finish"), or only with its time ("expiry").

    Raises:
        ConfigurationError: an argument makes no sense.
    """
    _demand(key is None or _is_key(key), "unique_for", "key", key, "a name, a callable or None")
    longest = _seconds("unique_for", "seconds", seconds)
    _demand(
        until in ("start", "finish", "expiry"),
        "unique_for",
        "until",
        until,
        '"start", "finish" or "expiry"',
    )

    def unique_lock_for(job: ActiveJob) -> Unique | None:
        text = _arguments_key(job) if key is None else _key_of(job, key, group=None)
        return None if text is None else Unique(key=text, seconds=longest, until=until)

    def decorate(job_class: type[J]) -> type[J]:
        job_class.unique_lock_for = staticmethod(unique_lock_for)
        return job_class

    return decorate


# Keys


def _key_of(job: ActiveJob, key: Key, *, group: str | None) -> str | None:
    part = _text_of(job, _said(job, key))
    if not part:
        return None
    return _bounded(f"{group or registry.name_of(type(job))}/{part}")


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


def _arguments_key(job: ActiveJob) -> str:
    arguments = job.serialized_arguments
    if arguments is None:
        # In one order, so that it does not matter in which the keywords were given.
        arguments = serialize_arguments(job.arguments, dict(sorted(job.keyword_arguments.items())))
    text = json.dumps(arguments, sort_keys=True)
    return _bounded(f"{registry.name_of(type(job))}/{_digest(text)}")


def _bounded(key: str) -> str:
    """The key; a digest in place of what is too long, or of what a store cannot hold."""
    if len(key) <= KEY_CHARACTERS and key.isprintable():
        return key
    head = "".join(character for character in key[:150] if character.isprintable())
    return f"{head}/{_digest(key)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# What the decorators are given


def _seconds(decorator: str, name: str, given: Any) -> float:
    seconds = given.total_seconds() if isinstance(given, timedelta) else given
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    is_length = is_number and 0 < seconds < float("inf")
    _demand(is_length, decorator, name, given, "a number of seconds, or a timedelta, above 0")
    return float(seconds)


def _is_key(key: object) -> bool:
    return callable(key) or (isinstance(key, str) and key != "")


def _is_group(group: object) -> bool:
    return group is None or (isinstance(group, str) and group != "")


def _is_count(to: object) -> bool:
    return isinstance(to, int) and not isinstance(to, bool) and to >= 1


def _demand(is_right: bool, decorator: str, name: str, given: object, wanted: str) -> None:
    if not is_right:
        raise ConfigurationError(f"@{decorator}: {name} is {given!r}; it has to be {wanted}.")
