"""What the decorators may be given."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django_activejob.errors import ConfigurationError


def seconds_of(decorator: str, name: str, given: Any) -> float:
    """A length of time as a number of seconds above 0; ConfigurationError for anything else."""
    seconds = given.total_seconds() if isinstance(given, timedelta) else given
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    is_length = is_number and 0 < seconds < float("inf")
    demand(is_length, decorator, name, given, "a number of seconds, or a timedelta, above 0")
    return float(seconds)


def is_key(key: object) -> bool:
    """Whether it is a name, or gives one."""
    return callable(key) or (isinstance(key, str) and key != "")


def is_group(group: object) -> bool:
    """Whether it is a name, or None."""
    return group is None or (isinstance(group, str) and group != "")


def is_count(to: object) -> bool:
    """Whether it is a whole number from 1."""
    return isinstance(to, int) and not isinstance(to, bool) and to >= 1


def demand(is_right: bool, decorator: str, name: str, given: object, wanted: str) -> None:
    """Raises ConfigurationError, naming the decorator and its argument, unless it is right."""
    if not is_right:
        raise ConfigurationError(f"@{decorator}: {name} is {given!r}; it has to be {wanted}.")
