"""Ids that come from addresses and forms."""

from __future__ import annotations

LONGEST_ID = 255


def is_possible(id: str) -> bool:
    """Whether an adapter could have given this id to a job; others never reach a store."""
    return 0 < len(id) <= LONGEST_ID and "\0" not in id
