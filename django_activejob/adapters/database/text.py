"""Texts that every engine can store: no NUL, no broken characters, no more than fits."""

from __future__ import annotations

from dataclasses import replace

from django_activejob.contracts import ErrorRecord

CLASS_NAME_CHARACTERS = 255
MESSAGE_BYTES = 10_000
TRACEBACK_BYTES = 100_000

_CUT = "\n… (cut here) …\n"


def is_storable(text: str) -> bool:
    """Says whether a text can be stored, and searched for, as it is."""
    return "\0" not in text and _is_whole(text)


def storable(text: str) -> str:
    """The text with a mark for each character that cannot be stored."""
    if is_storable(text):
        return text
    return (
        text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")
    )


def bounded(text: str, *, size: int) -> str:
    """The text, storable, in at most ``size`` bytes of UTF-8: its head and its tail."""
    encoded = storable(text).encode()
    if len(encoded) <= size:
        return encoded.decode()
    room = size - len(_CUT.encode())
    head, tail = encoded[: room // 2], encoded[len(encoded) - room // 2 :]
    return head.decode(errors="ignore") + _CUT + tail.decode(errors="ignore")


def bounded_error(error: ErrorRecord) -> ErrorRecord:
    """The error as it can be stored, whatever its message holds."""
    return replace(
        error,
        class_name=storable(error.class_name)[:CLASS_NAME_CHARACTERS],
        message=bounded(error.message, size=MESSAGE_BYTES),
        traceback=bounded(error.traceback, size=TRACEBACK_BYTES),
    )


def _is_whole(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
