"""What the tiny jobs have done; emptied before each test."""

from __future__ import annotations

from typing import Any

_lines: list[Any] = []


def add(line: Any) -> None:
    _lines.append(line)


def lines() -> list[Any]:
    return list(_lines)


def clear() -> None:
    _lines.clear()
