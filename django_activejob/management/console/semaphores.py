"""Concurrency limits, for a shell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django_activejob.contracts import Inspector, SemaphoreRecord
from django_activejob.errors import UnsupportedAction


def all_semaphores(inspector: Inspector) -> Iterator[SemaphoreRecord]:
    """All semaphores of an adapter, page by page."""
    cursor: str | None = None
    while True:
        page = inspector.semaphores(cursor=cursor)
        yield from page.semaphores
        cursor = page.next_cursor
        if cursor is None:
            return


def demand_semaphores(inspector: Inspector) -> None:
    """Makes sure that an adapter tells of its limits.

    Raises:
        UnsupportedAction: it does not.
    """
    if "release" not in inspector.actions:
        raise UnsupportedAction("This adapter does not tell of concurrency limits.")


def semaphore_facts(semaphore: SemaphoreRecord) -> dict[str, Any]:
    """A semaphore for other programs."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(semaphore).items()
    }


def semaphore_row(semaphore: SemaphoreRecord) -> tuple[object, ...]:
    """A semaphore for people."""
    return (
        semaphore.key,
        semaphore.limit,
        semaphore.holders,
        semaphore.blocked,
        _moment(semaphore.oldest_blocked_at),
        _moment(semaphore.expires_at),
    )


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M:%S %Z}"
