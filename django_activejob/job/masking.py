"""Arguments that are nobody's business are shown neither in log lines nor on pages."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from django_activejob import conf
from django_activejob.errors import UnknownJobClass
from django_activejob.job import registry
from django_activejob.serialization.markers import RESERVED, RUBY2_KEYWORDS

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

MASK: Final = "[FILTERED]"
DEEPEST: Final = 50
"""What is nested deeper is masked, whatever it is: nobody looks that far."""

SHORTEST_SECRET: Final = 4
"""Shorter texts are not looked for in messages of errors: they stand in too many words."""


def masked_arguments(job: ActiveJob) -> tuple[list[Any], dict[str, Any]]:
    """A job's arguments as they may be shown.

    What has one of the names of the setting MASKED_ARGUMENTS, or of its class's
    ``masked_arguments``, as a part of its own name, in any case of letters, is masked:
    parameters of ``perform``, and keys of dicts at any depth.
    """
    names = _names_for(type(job))
    if not names:
        return job.arguments, job.keyword_arguments
    parameters = _parameters(type(job))
    return (
        list(_masked_positional(job.arguments, parameters, names)),
        _masked(job.keyword_arguments, names),
    )


def masked_raw(job_class: str, arguments: Sequence[Any]) -> list[Any]:
    """Arguments as a payload holds them, masked in the same way; loads nothing.

    Of a class that this process does not know, only the keys of dicts have names.
    """
    found = _find(job_class)
    names, parameters = _names_for(found), _parameters(found)
    return list(_masked_positional(arguments, parameters, names)) if names else list(arguments)


def secrets_of(job_class: str, arguments: Sequence[Any]) -> frozenset[str]:
    """The texts that ``masked_raw`` takes away, to be taken out of messages of errors too."""
    masked = masked_raw(job_class, arguments)
    hidden = _texts_behind(list(arguments), masked)
    return frozenset(text for text in hidden if len(text) >= SHORTEST_SECRET)


def without(secrets: frozenset[str], text: str) -> str:
    """A text with a mask in the place of each secret."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def _find(job_class: str) -> type[ActiveJob] | None:
    try:
        return registry.find(job_class)
    except UnknownJobClass:
        return None


def _names_for(job_class: type[ActiveJob] | None) -> tuple[str, ...]:
    own = job_class.masked_arguments if job_class is not None else ()
    return tuple(name.lower() for name in (*conf.settings().masked_arguments, *own))


def _parameters(job_class: type[ActiveJob] | None) -> Sequence[str]:
    if job_class is None:
        return ()
    return list(inspect.signature(job_class.perform).parameters)[1:]


def _masked_positional(
    arguments: Sequence[Any], parameters: Sequence[str], names: tuple[str, ...]
) -> Iterator[Any]:
    for place, value in enumerate(arguments):
        parameter = parameters[place] if place < len(parameters) else ""
        # The last of a payload's arguments may hold the keywords, whatever stands at its place.
        holds_keywords = isinstance(value, Mapping) and RUBY2_KEYWORDS in value
        if _is_secret(parameter, names) and not holds_keywords:
            yield MASK
        else:
            yield _masked(value, names)


def _masked(value: Any, names: tuple[str, ...], depth: int = DEEPEST) -> Any:
    if isinstance(value, Mapping):
        if not depth:
            return MASK
        return {key: _masked_item(key, item, names, depth) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | range):
        return [_masked(item, names, depth - 1) for item in value] if depth else MASK
    return value


def _masked_item(key: Any, item: Any, names: tuple[str, ...], depth: int) -> Any:
    if key in RESERVED:
        return item
    return MASK if _is_secret(str(key), names) else _masked(item, names, depth - 1)


def _is_secret(name: str, names: tuple[str, ...]) -> bool:
    lowered = name.lower()
    return any(secret in lowered for secret in names)


def _texts_behind(whole: Any, masked: Any) -> Iterator[str]:
    """The texts that stand in the one and not in the other, which has the same shape."""
    if masked == MASK and whole != MASK:
        yield from _texts_in(whole)
    elif isinstance(whole, Mapping):
        for key, item in whole.items():
            yield from _texts_behind(item, masked[key])
    elif isinstance(whole, list):
        for item, shown in zip(whole, masked, strict=True):
            yield from _texts_behind(item, shown)


def _texts_in(value: Any) -> Iterator[str]:
    waiting = [value]  # not by recursion: nobody knows how deep it is
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, Mapping):
            waiting += found.values()
        elif isinstance(found, list):
            waiting += found
