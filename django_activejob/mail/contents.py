"""The content of an alternative or an attachment as plain data, and back.

``{"text": "…"}`` or ``{"base64": "…"}``; ``{"stored_text": name}`` or ``{"stored": name}``
when it is large and lies in a storage.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django_activejob.mail import attachments

Keep = Callable[[bytes], str]
"""Puts a content into the storage and returns its name there."""


def to_content(content: Any, keep: Keep) -> dict[str, str]:
    """The data for a text or for bytes."""
    if isinstance(content, bytes | bytearray | memoryview):
        return _of_bytes(bytes(content), keep)
    return _of_text(str(content), keep)


def from_content(data: Mapping[str, str]) -> str | bytes:
    """The text or the bytes behind the data."""
    if "text" in data:
        return data["text"]
    if "base64" in data:
        return b64decode(data["base64"])
    if "stored_text" in data:
        return attachments.read(data["stored_text"]).decode()
    return attachments.read(data["stored"])


def stored_names(fields: Mapping[str, Any]) -> Iterator[str]:
    """The names of all that lies in a storage, out of the fields of a message."""
    for data in (*fields["alternatives"], *fields["attachments"]):
        for key in ("stored", "stored_text"):
            if key in data:
                yield data[key]


def _of_text(text: str, keep: Keep) -> dict[str, str]:
    raw = text.encode(errors="surrogatepass")
    return {"stored_text": keep(raw)} if attachments.is_too_large(raw) else {"text": text}


def _of_bytes(raw: bytes, keep: Keep) -> dict[str, str]:
    if attachments.is_too_large(raw):
        return {"stored": keep(raw)}
    return {"base64": b64encode(raw).decode("ascii")}
