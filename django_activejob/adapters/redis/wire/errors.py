"""Errors as Sidekiq keeps them with a job."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any, Final

from django_activejob.adapters.redis.wire.text import Fields
from django_activejob.adapters.redis.wire.writing import LAST_ERROR
from django_activejob.contracts import ErrorRecord

MESSAGE_CHARACTERS: Final = 10_000  # as in Sidekiq
TRACEBACK_CHARACTERS: Final = 100_000
_INFLATED_BYTES: Final = 10_000_000  # a few bytes of zlib can stand for any number

FIELDS: Final = frozenset(
    {"error_class", "error_message", "error_backtrace", "failed_at", "retried_at", "retry_count"}
)


def written(error: ErrorRecord, *, lines: Any = True) -> Fields:
    """An error as fields.

    Args:
        lines: the job's own option ``backtrace``: a number keeps so many lines, the latest calls.
            Otherwise the traceback is kept, for those who look for the cause.
    """
    fields: Fields = {
        "error_message": _sound(error.message)[:MESSAGE_CHARACTERS],
        "error_class": _sound(error.class_name),
    }
    kept = _lines_of(error.traceback, lines)
    if kept:
        fields["error_backtrace"] = compressed(kept)
    return fields


def read(fields: Fields) -> ErrorRecord | None:
    """The error that a job ended with last; None when it has none."""
    if "error_class" not in fields and "error_message" not in fields:
        return _last_error(fields.get(LAST_ERROR))
    return ErrorRecord(
        class_name=str(fields.get("error_class")),
        message=str(fields.get("error_message", "")),
        traceback="\n".join(backtrace_in(fields.get("error_backtrace"))),
    )


def compressed(lines: list[str]) -> str:
    """A backtrace as text: JSON, deflated, in base64 without line breaks."""
    plain = json.dumps(lines, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(plain)).decode()


def backtrace_in(text: Any) -> list[str]:
    """The lines in ``error_backtrace`` of any version; none when it cannot be read."""
    if isinstance(text, list):
        return [str(line) for line in text]
    try:
        deflated = base64.b64decode(text)
        plain = zlib.decompressobj().decompress(deflated, _INFLATED_BYTES)
        lines = json.loads(plain)
    except (TypeError, ValueError, binascii.Error, zlib.error, RecursionError):
        return []
    return [str(line) for line in lines] if isinstance(lines, list) else []


def _lines_of(traceback: str, lines: Any) -> list[str]:
    found = _sound(traceback[-TRACEBACK_CHARACTERS:]).splitlines()
    if isinstance(lines, int) and not isinstance(lines, bool):
        return found[-lines:] if lines > 0 else []
    return found


def _sound(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _last_error(kept: Any) -> ErrorRecord | None:
    if not isinstance(kept, dict):
        return None
    return ErrorRecord(class_name=str(kept.get("class")), message=str(kept.get("message", "")))
