"""Placeholders for many values at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def placeholders(count: int) -> str:
    """``%s, %s, %s``, for so many values."""
    return ", ".join(["%s"] * count)


def tuples(count: int, *, width: int) -> str:
    """``(%s, %s), (%s, %s)``, for so many tuples of values."""
    return ", ".join([f"({placeholders(width)})"] * count)


def flattened(values: Sequence[Sequence[Any]]) -> list[Any]:
    """The values of many tuples, one after the other."""
    return [value for each in values for value in each]
