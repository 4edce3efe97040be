"""Strings with a label, as the scripts make them: ``<bytes of the label>:<label><string>``."""

from __future__ import annotations


def unframed(frame: bytes) -> tuple[bytes, bytes]:
    """The label of a frame, and the string."""
    size, _, rest = frame.partition(b":")
    return rest[: int(size)], rest[int(size) :]
