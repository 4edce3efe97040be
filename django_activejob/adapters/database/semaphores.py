"""Concurrency keys, as people see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django_activejob.adapters.database.records import LISTED_COLUMNS, listed
from django_activejob.adapters.database.store import Record, Store
from django_activejob.adapters.database.text import is_storable
from django_activejob.contracts import JobRecord, SemaphorePage, SemaphoreRecord

_PAGE = """
    SELECT limit_key, limit_to, duration FROM django_activejob_semaphore
    WHERE limit_key > %s ORDER BY limit_key LIMIT %s
"""
_BLOCKED = """
    SELECT limit_key, COUNT(*), MIN(enqueued_at) FROM django_activejob_job
    WHERE state = 'blocked' AND limit_key {among} GROUP BY limit_key
"""
# What counts here is what counts when permits are given.
_COUNTED = """
    limit_key = %s AND limit_key > '' AND state IN ('ready', 'running')
    AND (state = 'ready' OR claimed_at > {later})
"""
_HELD = f"SELECT COUNT(*), MIN(claimed_at) FROM django_activejob_job WHERE {_COUNTED}"  # noqa: S608 - no data
_DURATION = "SELECT duration FROM django_activejob_semaphore WHERE limit_key = %s"
_HOLDERS = f"""
    SELECT {{columns}} FROM django_activejob_job WHERE {_COUNTED}
    ORDER BY CASE WHEN claimed_at IS NULL THEN 1 ELSE 0 END, claimed_at, id LIMIT %s
"""  # noqa: S608 - no data


def semaphores(store: Store, *, cursor: str | None, limit: int) -> SemaphorePage:
    """A page of keys, by key; the cursor is the last key of the page before."""
    last = cursor if cursor is not None and is_storable(cursor) else ""
    rows = _read(store, _PAGE, (last, limit + 1))
    shown = rows[:limit]
    blocked = _blocked(store, [key for key, *_ in shown])
    return SemaphorePage(
        semaphores=[_semaphore(store, row, blocked.get(row[0], (0, None))) for row in shown],
        next_cursor=shown[-1][0] if len(rows) > limit else None,
    )


def holders(store: Store, key: str, *, limit: int) -> list[JobRecord]:
    """The jobs that hold a permit of a key, those first that have run longest."""
    if not key or not is_storable(key):
        return []
    declared = _read(store, _DURATION, (key,))
    if not declared:
        return []
    parameters = (key, -declared[0][0], limit)
    rows = _read(store, _HOLDERS, parameters, columns=LISTED_COLUMNS)
    return store.run(lambda: listed(store, rows))


def _blocked(store: Store, keys: list[str]) -> dict[str, tuple[int, datetime | None]]:
    if not keys:
        return {}
    rows = _read(store, _BLOCKED, (keys,))
    return {key: (number, store.vendor.read_time(oldest)) for key, number, oldest in rows}


def _semaphore(store: Store, row: Record, blocked: tuple[int, datetime | None]) -> SemaphoreRecord:
    key, limit, duration = row
    [(held, claimed_at)] = _read(store, _HELD, (key, -duration))
    since = store.vendor.read_time(claimed_at)
    return SemaphoreRecord(
        key=key,
        limit=limit,
        duration=duration,
        holders=held,
        blocked=blocked[0],
        oldest_blocked_at=blocked[1],
        expires_at=since + timedelta(seconds=duration) if since is not None else None,
    )


def _read(store: Store, sql: str, parameters: Sequence[Any], **fragments: str) -> list[Record]:
    return store.run(lambda: store.rows(sql, parameters, **fragments))
