"""Concurrency limits as people see them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django_activejob.adapters.redis.claims import fields_in
from django_activejob.adapters.redis.frames import unframed
from django_activejob.adapters.redis.places import Found
from django_activejob.adapters.redis.records import envelope_in, id_of, listed
from django_activejob.adapters.redis.store import Store
from django_activejob.adapters.redis.walking import Step, walk
from django_activejob.adapters.redis.wire import moments, reading
from django_activejob.contracts import (
    JobQuery,
    JobRecord,
    Repaired,
    SemaphorePage,
    SemaphoreRecord,
)

_RELEASE: Final = ("frames", "time", "queues", "permits", "release")

Running = Mapping[str, Found]
"""The running jobs that hold a permit, by id."""


def page(store: Store, *, cursor: str | None, limit: int) -> SemaphorePage:
    """A page of the keys in use, by key; the cursor is the last key that was shown."""
    keys = sorted(key.decode(errors="replace") for key in store.ask("SMEMBERS", store.keys.limits))
    after = [key for key in keys if cursor is None or key > cursor]
    shown = after[:limit]
    running = _running(store) if shown else {}
    return SemaphorePage(
        semaphores=[_record(store, key, running) for key in shown],
        next_cursor=shown[-1] if len(after) > limit else None,
    )


def holders(store: Store, key: str, *, limit: int) -> list[JobRecord]:
    """The jobs that hold a permit of a key, those first that have run longest."""
    ids = [*_expiries(store, key)]
    if not ids:
        return []
    running = [found for id, found in _running(store).items() if id in ids]
    found = [*reversed(running), *_ready(store, key, set(ids))]
    return [listed(each, dialect=store.dialect) for each in found[:limit]]


def release(store: Store, key: str, *, holder: str | None) -> Repaired:
    """Takes running jobs' permits of a key away, and gives them to jobs that wait."""
    held = _expiries(store, key).keys() & _running(store).keys()
    ids = held if holder is None else held & {holder}
    done = int(store.run(*_RELEASE, with_=(key, *ids))) if ids else 0
    return Repaired(done=done, skipped=0 if holder is None else 1 - done)


def _record(store: Store, key: str, running: Running) -> SemaphoreRecord:
    facts, blocked, oldest = store.ask_all(
        [
            ("HMGET", store.keys.semaphore(key), "to", "duration"),
            ("LLEN", store.keys.blocked(key)),
            ("LINDEX", store.keys.blocked(key), -1),
        ]
    )
    expiries = _expiries(store, key)
    of_running = [expiry for id, expiry in expiries.items() if id in running]
    return SemaphoreRecord(
        key=key,
        limit=int(facts[0] or 1),
        duration=float(facts[1] or 0.0),
        holders=len(expiries),
        blocked=blocked,
        oldest_blocked_at=_enqueued_at(oldest) if oldest else None,
        expires_at=moments.moment_in(min(of_running)) if of_running else None,
    )


def _expiries(store: Store, key: str) -> dict[str, float]:
    """The ids of the jobs that hold a permit, with the epoch seconds when they count no more."""
    if not key:
        return {}
    pairs = store.ask(
        "ZRANGEBYSCORE", store.keys.holders(key), f"({time.time()}", "+inf", "WITHSCORES"
    )
    return {id.decode(): float(score) for id, score in zip(pairs[::2], pairs[1::2], strict=True)}


def _running(store: Store) -> Running:
    steps = walk(store, JobQuery(status="running"))
    found = [step.found for step in steps if isinstance(step, Step)]
    return {id_of(each.text, fields_in(each.text)): each for each in found}


def _ready(store: Store, key: str, ids: set[str]) -> Sequence[Found]:
    """The ready jobs among them, as far as they are found soon."""
    missing = set(ids)
    found: list[Found] = []
    for step in walk(store, JobQuery(status="ready")):
        if not isinstance(step, Step):
            break
        if id_of(step.found.text, fields_in(step.found.text)) in missing:
            envelope = envelope_in(step.found.text, dialect=store.dialect)
            if envelope and envelope.limit and envelope.limit.key == key:
                found.append(step.found)
    return found


def _enqueued_at(framed: bytes) -> datetime | None:
    _, rest = unframed(framed)
    _, text = unframed(rest)
    return reading.enqueued_at(fields_in(text) or {})
