"""Jobs to write and to read."""

from __future__ import annotations

from typing import Any

from django_activejob.adapters.redis import RedisAdapter
from django_activejob.adapters.redis.scripts import script
from django_activejob.adapters.redis.transitions import claim, dispatch, enqueue, settle
from django_activejob.adapters.redis.wire.dialect import Dialect
from django_activejob.adapters.redis.wire.text import Fields
from django_activejob.adapters.redis.wire.writing import fields_of
from django_activejob.contracts import ErrorRecord
from django_activejob.testing.contracts.furniture import envelope

NOW = 1_795_305_592.625  # epoch seconds
SEVEN, EIGHT = Dialect(), Dialect(times="8")
NO_JITTER = lambda _: 0  # noqa: E731 - a value like the others

OUT_OF_STOCK = ErrorRecord(
    class_name="shop.errors.OutOfStock", message="no more", traceback="line 1\nline 2\nline 3"
)


def fields(*arguments: Any, dialect: Dialect = SEVEN, at: float = NOW, **changes: Any) -> Fields:
    """A new job with these arguments."""
    return fields_of(envelope(*arguments, **changes), jid="a1b2", at=at, dialect=dialect)


def raw(*arguments: Any, **changes: Any) -> Fields:
    """A job of Sidekiq's own, as Ruby pushes it."""
    return {
        "retry": True,
        "queue": "default",
        "class": "HardWorker",
        "args": list(arguments),
        "jid": "a1b2",
        "created_at": NOW,
        "enqueued_at": NOW,
        **changes,
    }


def sha_of(adapter: RedisAdapter, name: str) -> bytes:
    """The name by which the server knows the script of this file, once it has run."""
    lists = (claim._CLAIM, claim._BEGIN, dispatch._DUE, dispatch._DISPATCH, settle._PIECES)
    [pieces] = [pieces for pieces in (*lists, enqueue.PIECES) if pieces[-1] == name]
    return script(adapter._store.keys, *pieces).sha.encode()
