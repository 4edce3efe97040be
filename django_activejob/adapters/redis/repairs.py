"""Changing, in bounded pieces, many jobs that people have chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from django_activejob.adapters.redis.claims import fields_in
from django_activejob.adapters.redis.ends import freed, permit_id
from django_activejob.adapters.redis.places import Found
from django_activejob.adapters.redis.records import envelope_in, id_of
from django_activejob.adapters.redis.store import Store, Word
from django_activejob.adapters.redis.walking import Step, walk
from django_activejob.adapters.redis.wire import failing, moving
from django_activejob.clock import now
from django_activejob.contracts import Envelope, ErrorRecord, JobQuery, Repaired, Status

REPAIRED_AT_ONCE: Final = 100

_PIECES: Final = ("frames", "time", "queues", "permits", "locks", "repair")

_CANCEL: Final = ("memory", "time", "cancel")

SET_ASIDE: Final = ErrorRecord(
    class_name="SetAside",
    message="Somebody set this job aside while it waited. Retry it, or discard it.",
)

Change = Callable[[Store, Found], Iterator[Word]]
"""The records that change an entry; none when it cannot be changed."""


def repair(
    store: Store, query: JobQuery, change: Change, *, statuses: Sequence[Status], limit: int
) -> Repaired:
    """Changes jobs, some hundred in each step; each only if it is still there as it was found.

    Args:
        statuses: those in which the change is right.
    """
    found = _candidates(store, query, statuses, most=limit + 1)
    chosen = found[:limit]
    done = sum(
        _changed(store, chosen[start : start + REPAIRED_AT_ONCE], change)
        for start in range(0, len(chosen), REPAIRED_AT_ONCE)
    )
    more = len(found) > limit
    asked = len(chosen) if more or not query.ids else len(set(query.ids))
    return Repaired(done=done, skipped=max(asked - done, 0), more=more)


def cancel(store: Store, query: JobQuery, *, limit: int) -> Repaired:
    """Asks running jobs of our own processes to end, each once; as ``repair`` changes others."""
    found = [each for each in _running(store, query) if each.cancelled_at is None]
    chosen = found[:limit]
    words = [word for each in chosen for word in (each.place.name, each.token or "")]
    done = int(store.run(*_CANCEL, with_=words)) if words else 0
    more = len(found) > limit
    asked = len(chosen) if more or not query.ids else len(set(query.ids))
    return Repaired(done=done, skipped=max(asked - done, 0), more=more)


def _running(store: Store, query: JobQuery) -> Iterator[Found]:
    if query.status not in (None, "running"):
        return
    for step in walk(store, replace(query, status="running")):
        if isinstance(step, Step):
            yield step.found


def retrying(store: Store, found: Found) -> Iterator[Word]:
    """A failed job becomes ready, its counters anew; under a limit it waits for a permit."""
    fields, envelope = fields_in(found.text), envelope_in(found.text, dialect=store.dialect)
    if fields is None:
        return
    move = moving.revived(fields, at=now().timestamp(), dialect=store.dialect)
    yield from _put(found, move, envelope, limited="l")


def dispatching(store: Store, found: Found) -> Iterator[Word]:
    """A job that waits becomes ready now, and its limit counts for nothing."""
    fields, envelope = fields_in(found.text), envelope_in(found.text, dialect=store.dialect)
    if fields is None:
        return
    move = moving.dispatched(fields, at=now().timestamp(), dialect=store.dialect)
    yield from _put(found, move, envelope, limited="h")


def discarding(store: Store, found: Found) -> Iterator[Word]:
    """A job is dropped, and gives up what it holds."""
    yield from freed(envelope_in(found.text, dialect=store.dialect))
    yield from ("n", *_where(found))


def setting_aside(store: Store, found: Found) -> Iterator[Word]:
    """A job that waits goes among the dead, and gives up what it holds."""
    fields = fields_in(found.text)
    if fields is None:
        return
    yield from freed(envelope_in(found.text, dialect=store.dialect))
    fate = failing.dead(fields, SET_ASIDE, at=now().timestamp(), dialect=store.dialect)
    yield from ("d", *_where(found), fate.text)


def _put(
    found: Found, move: moving.Move, envelope: Envelope | None, *, limited: str
) -> Iterator[Word]:
    if envelope is None or envelope.limit is None:
        yield from ("q", *_where(found), move.queue, move.text)
        return
    id, key = permit_id(envelope), envelope.limit.key
    yield from (limited, *_where(found), move.queue, move.text, id, key)


def _where(found: Found) -> tuple[Word, ...]:
    return ("l" if found.place.kind == "list" else "z", found.place.key, found.raw)


def _changed(store: Store, chosen: Sequence[Found], change: Change) -> int:
    words = [word for found in chosen for word in change(store, found)]
    return int(store.run(*_PIECES, with_=words)) if words else 0


def _candidates(
    store: Store, query: JobQuery, statuses: Sequence[Status], *, most: int
) -> list[Found]:
    wanted = [each for each in statuses if query.status in (None, each)]
    found: list[Found] = []
    for status in wanted:
        for step in walk(store, replace(query, status=status)):
            if isinstance(step, Step):
                found.append(step.found)
            if len(found) >= most or _has_all(found, query):
                return found
    return found


def _has_all(found: Sequence[Found], query: JobQuery) -> bool:
    """Whether every job was found that was asked for by its id."""
    if not query.ids or len(found) < len(set(query.ids)):
        return False
    return {id_of(each.text, fields_in(each.text)) for each in found} >= set(query.ids)
