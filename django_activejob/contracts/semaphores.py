"""Concurrency limits as people see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SemaphoreRecord:
    """One concurrency key at a glance; times are aware.

    A holder is a ready or running job with the key that counts; ``expires_at`` is when the
    one that has run longest stops counting, though it may run on. ``oldest_blocked_at`` is
    when the job was enqueued that has waited longest.
    """

    key: str
    limit: int
    duration: float  # seconds after which a running holder no longer counts
    holders: int
    blocked: int
    oldest_blocked_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SemaphorePage:
    """A slice of the list of semaphores, by key; ``next_cursor`` is None at its end."""

    semaphores: Sequence[SemaphoreRecord]
    next_cursor: str | None = None
