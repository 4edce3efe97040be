"""Keyword arguments as a value."""

from __future__ import annotations

from typing import Any

from typing_extensions import override


class Keywords(dict[str, Any]):
    """A dict that Ruby takes as keyword arguments, as in the arguments of a mail job."""

    __slots__ = ()

    @override
    def __repr__(self) -> str:
        return f"Keywords({dict.__repr__(self)})"
