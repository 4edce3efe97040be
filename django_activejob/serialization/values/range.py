"""A Ruby range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Range:
    """From ``begin`` to ``end``, with or without ``end`` itself; None leaves that side open.

    Any two values that can be compared may bound it; Python's own ``range`` is another thing.
    """

    begin: Any
    end: Any
    exclude_end: bool = False

    def __contains__(self, value: Any) -> bool:
        if self.begin is not None and value < self.begin:
            return False
        if self.end is None:
            return True
        return bool(value < self.end if self.exclude_end else value <= self.end)

    @override
    def __str__(self) -> str:
        begin, end = ("" if bound is None else bound for bound in (self.begin, self.end))
        return f"{begin}{'...' if self.exclude_end else '..'}{end}"
