"""Names with values, as tables show them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A name and its value; with an address, a link."""

    name: str
    value: str
    uri: str | None = None
