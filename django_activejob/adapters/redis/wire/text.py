"""Jobs as the strings that lie in Redis.

The strings are bytes: the exact ones are what a claim is settled by, and what an entry is removed
by, whatever else wrote them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from django_activejob.errors import EnqueueError, MalformedPayload

Fields = dict[str, Any]
"""A job of Sidekiq, parsed: what a string in Redis says."""

# As Ruby's JSON writes: an entry that is generated again, as Sidekiq's API does to reschedule it,
# has to come out the same.
_encode: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_encode_in_ascii: Final = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode

_SHOWN: Final = 200  # characters of what cannot be read, in a message


def encoded(fields: Mapping[str, Any]) -> bytes:
    """A job as a string, written as Ruby would.

    Raises:
        EnqueueError: it has a number that JSON has not.
    """
    try:
        return _encode(fields).encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair is no UTF-8; escaped it comes through.
        return _encode_in_ascii(fields).encode()
    except ValueError as error:
        raise EnqueueError(
            f"{fields.get('wrapped') or fields.get('class')}: its arguments have a number that "
            f"JSON has not, and Ruby refuses: {error}. Pass it as text."
        ) from error


def decoded(text: bytes) -> Fields:
    """The job in a string.

    Raises:
        MalformedPayload: there is none: no JSON, or without a class or without arguments.
    """
    try:
        fields = json.loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise _malformed(text, str(error)) from error
    if not isinstance(fields, dict):
        raise _malformed(text, "a JSON object is expected")
    if not isinstance(fields.get("class"), str):
        raise _malformed(text, "it names no class")
    if not isinstance(fields.get("args"), list):
        raise _malformed(text, "it has no list of args")
    return fields


def _malformed(text: bytes, reason: str) -> MalformedPayload:
    shown = text[:_SHOWN].decode(errors="replace")
    return MalformedPayload(
        f"What lies in Redis is not a job of Sidekiq: {reason}: {shown}. Look at it, then delete "
        "the entry."
    )
