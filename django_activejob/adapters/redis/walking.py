"""Going through jobs in the order of their places, as far as a query wants them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django_activejob.adapters.redis import cursors
from django_activejob.adapters.redis.claims import fields_in
from django_activejob.adapters.redis.cursors import Cursor
from django_activejob.adapters.redis.places import Found, Needles, Place, look, places
from django_activejob.adapters.redis.records import id_of
from django_activejob.adapters.redis.store import Store
from django_activejob.adapters.redis.wire import reading
from django_activejob.adapters.redis.wire.text import Fields
from django_activejob.contracts import JobQuery, Status

STATUSES: Final[tuple[Status, ...]] = (
    "running",
    "failed",
    "retrying",
    "scheduled",
    "blocked",
    "ready",
)
MOST_LOOKED_AT: Final = 200_000  # entries for one question; then a page ends, and a search too


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An entry that fits, and where to go on after it."""

    found: Found
    next: Cursor


def walk(
    store: Store, query: JobQuery, *, cursor: Cursor | None = None, size: int = 100
) -> Iterator[Step | Cursor]:
    """The entries that a query means, piece by piece; in between, and at the bound, a cursor.

    What surely does not fit stays in Redis. It ends at the end, or with a cursor when too much
    has been looked at.

    Args:
        size: how many entries are read at once.
    """
    needles = _needles(query)
    if needles is None:
        return
    looked = 0
    for place, first in _from(_places(store, query), cursor):
        number: int | None = first
        while number is not None:
            start = number
            after, found = look(store, place, first=start, most=size, needles=needles)
            for each in found:
                if _fits(each, query):
                    yield Step(found=each, next=cursors.behind(each))
            looked += max(after - start, 1)
            number = after or None
            if number is not None and looked >= MOST_LOOKED_AT:
                yield Cursor(status=place.status, name=place.name, number=number)
                return


def queue_of(found: Found, fields: Fields | None = None) -> str:
    """The queue to which an entry belongs."""
    return found.queue or reading.queue_of(fields or fields_in(found.text) or {})


def _places(store: Store, query: JobQuery) -> list[Place]:
    statuses = STATUSES if query.status is None else (query.status,)
    return places(store, statuses, queue=query.queue)


def _from(all_places: list[Place], cursor: Cursor | None) -> Iterator[tuple[Place, int]]:
    """The places from a cursor on; of the first one, the number to begin with."""
    if cursor is None:
        yield from ((place, 0) for place in all_places)
        return
    start = (STATUSES.index(cursor.status), cursor.name)
    for place in all_places:
        at = (STATUSES.index(place.status), place.name)
        if at >= start:
            yield place, cursor.number if at == start else 0


def _needles(query: JobQuery) -> Needles | None:
    """What an entry has to contain; None when nothing can fit."""
    wanted = [text for text in (query.job_class, query.queue) if text is not None]
    try:
        return Needles(all=[_written(text) for text in wanted], any=_alternatives(query))
    except UnicodeEncodeError:
        return None


def _alternatives(query: JobQuery) -> list[bytes]:
    # An id that is made of an unreadable string does not occur in it.
    ids = [] if any(id.startswith("-") for id in query.ids) else [*query.ids]
    if not query.search:
        return [_written(id) for id in ids]
    text = query.search.strip()
    return [_written(text), _written(text.lower())]


def _written(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False)[1:-1].encode()


def _fits(found: Found, query: JobQuery) -> bool:
    fields = fields_in(found.text)
    if query.ids and id_of(found.text, fields) not in query.ids:
        return False
    if query.queue is not None and query.queue != queue_of(found, fields):
        return False
    if query.job_class is not None and query.job_class != _class_of(fields):
        return False
    return not query.search or _matches(found, fields, query.search.strip())


def _class_of(fields: Fields | None) -> str | None:
    return reading.job_class_of(fields) if fields else None


def _matches(found: Found, fields: Fields | None, text: str) -> bool:
    """Whether it is an id of the job, or a part of its arguments."""
    try:
        written = _written(text)
    except UnicodeEncodeError:
        return False
    if fields is None:
        return written in found.text
    if text.lower() in (id_of(found.text, fields), _job_id_of(fields)):
        return True
    return written in json.dumps(_arguments(fields), ensure_ascii=False).encode(errors="replace")


def _job_id_of(fields: Fields) -> str | None:
    first = fields["args"][0] if fields["args"] else None
    return first.get("job_id") if isinstance(first, dict) else None


def _arguments(fields: Fields) -> object:
    first = fields["args"][0] if fields["args"] else None
    if isinstance(first, dict) and "arguments" in first:
        return first["arguments"]
    return fields["args"]
