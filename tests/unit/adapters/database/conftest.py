"""Database adapters over committing stores, as the suites have them."""

from __future__ import annotations

from tests.contracts.conftest import adapter, alias

__all__ = ["adapter", "alias"]
