"""A Ruby symbol."""

from __future__ import annotations

from typing_extensions import override


class Symbol(str):
    """Text that is a symbol in Ruby; equal to the plain text, and found under it in a dict."""

    __slots__ = ()

    @override
    def __repr__(self) -> str:
        return f"Symbol({str.__repr__(self)})"
