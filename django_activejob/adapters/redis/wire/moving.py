"""Jobs that change their place, and what the string then has to say."""

from __future__ import annotations

from dataclasses import dataclass

from django_activejob.adapters.redis.wire import errors, moments
from django_activejob.adapters.redis.wire.dialect import WRAPPERS, Dialect
from django_activejob.adapters.redis.wire.reading import queue_of
from django_activejob.adapters.redis.wire.text import Fields, encoded
from django_activejob.adapters.redis.wire.writing import CRASHES, LAST_ERROR, RAW_PAYLOAD, RETRIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The queue into which a job goes, and the string that takes the old one's place."""

    queue: str
    text: bytes


def dispatched(fields: Fields, *, at: float, dialect: Dialect) -> Move:
    """A job of ``schedule`` or ``retry`` that is due; it says since when it waits in its queue."""
    due = {**fields, "enqueued_at": moments.written(at, dialect)}
    return Move(queue=queue_of(fields), text=encoded(due))


def revived(fields: Fields, *, at: float, dialect: Dialect) -> Move:
    """A job of ``dead``, or of ``retry``, that is given another chance: its counters start anew."""
    kept = {name: value for name, value in fields.items() if name not in _FORGOTTEN}
    if fields["class"] in WRAPPERS:
        kept["args"] = [_anew(argument) for argument in fields["args"]]
    elif isinstance(fields.get(RAW_PAYLOAD), dict):
        kept[RAW_PAYLOAD] = _anew(fields[RAW_PAYLOAD])
    return dispatched(kept, at=at, dialect=dialect)


_FORGOTTEN = errors.FIELDS | {CRASHES, LAST_ERROR, RETRIED}


def _anew(payload: object) -> object:
    if not isinstance(payload, dict):
        return payload
    return {**payload, "executions": 0, "exception_executions": {}}
