"""Rows of text under one another."""

from __future__ import annotations

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table whose columns are as wide as they must be; None shows as nothing."""
    lines = [tuple(map(_text, row)) for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_line(line, widths) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def _text(value: object) -> str:
    # Names come from payloads: what could move the cursor of a terminal is left out.
    text = "" if value is None else str(value)
    return "".join(character if character.isprintable() else "?" for character in text)
