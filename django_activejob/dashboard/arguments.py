"""The arguments of a job for people to read; nothing that they name is loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from django_activejob.contracts import JobRecord
from django_activejob.dashboard.text import shortened, too_large, visible
from django_activejob.job import masking
from django_activejob.serialization import markers

LARGE_FOR_A_LIST: Final = 20_000
"""Above so many characters of JSON, a list shows no arguments."""

LARGE: Final = 200_000
"""Above so many characters of JSON, the job's own page shows only how many they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument: its place, as in ``1``, or its keyword, and its value."""

    name: str
    value: str


def summary(record: JobRecord, limit: int) -> str:
    """All arguments in one short line."""
    if is_large_for_a_list(record):
        return _("(too long for a list)")
    return shortened(markers.describe(_stored(record), limit=limit), limit)


def listed(record: JobRecord) -> list[Argument]:
    """The arguments one by one; none of a job whose JSON is large."""
    if size_if_large(record):
        return []
    return [
        Argument(name=visible(str(name)), value=visible(markers.describe_value(value, limit=LARGE)))
        for name, value in _named(record)
    ]


def is_large_for_a_list(record: JobRecord) -> bool:
    """Whether a list says only that there are arguments; adapters may then have cut them."""
    return len(record.raw_payload) > LARGE_FOR_A_LIST


def size_if_large(record: JobRecord) -> str:
    """How large the JSON is when that is too large to show; else an empty text."""
    size = len(record.raw_payload)
    return too_large(size) if size > LARGE else ""


def raw(record: JobRecord) -> str:
    """What is stored, indented where it is JSON, masked, and cut where it is large."""
    text = stored(record)
    if len(text) > LARGE:
        return shortened(text, LARGE)
    try:
        return visible(json.dumps(json.loads(text), indent=2, ensure_ascii=False))
    except (ValueError, RecursionError):
        return visible(text)


def stored(record: JobRecord) -> str:
    """What is stored, to the last byte where nothing of it has to be masked."""
    found = _found(record)
    masked = masking.masked_raw(record.job_class, found)
    if masked == found:
        return record.raw_payload
    try:
        whole = _with_arguments(json.loads(record.raw_payload), found, masked)
    except (ValueError, RecursionError):
        whole = masked
    # Besides the arguments, a store may keep the message of an error.
    return masking.without(secrets(record), json.dumps(whole))


def secrets(record: JobRecord) -> frozenset[str]:
    """The texts in the arguments that nobody is to see, in messages of errors neither."""
    return masking.secrets_of(record.job_class, _found(record))


def _with_arguments(whole: Any, found: list[Any], masked: list[Any]) -> Any:
    """The JSON with other arguments, wherever in it the store keeps them."""
    if whole == found:
        return masked
    if isinstance(whole, dict):
        return {key: _with_arguments(item, found, masked) for key, item in whole.items()}
    if isinstance(whole, list):
        return [_with_arguments(item, found, masked) for item in whole]
    return whole


def _stored(record: JobRecord) -> list[Any]:
    return masking.masked_raw(record.job_class, _found(record))


def _found(record: JobRecord) -> list[Any]:
    # What a store held need not be what the type of a payload promises.
    found: Any = record.payload and record.payload.get("arguments")
    return found if isinstance(found, list) else []


def _named(record: JobRecord) -> Iterator[tuple[object, Any]]:
    """The arguments with the places or keywords by which ``perform`` gets them."""
    for place, value in enumerate(_stored(record), start=1):
        if isinstance(value, dict) and markers.RUBY2_KEYWORDS in value:
            yield from _keywords(value)
        else:
            yield place, value


def _keywords(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, value[name]) for name in value if name not in markers.RESERVED)
