from __future__ import annotations

from collections.abc import Iterator

import pytest

from django_activejob.adapters.redis import RedisAdapter
from django_activejob.adapters.redis.keys import Keys
from django_activejob.adapters.redis.store import Bounds, Store
from django_activejob.adapters.redis.wire.dialect import Dialect
from tests.redis import fresh_adapter


@pytest.fixture
def adapter() -> Iterator[RedisAdapter]:
    """An adapter over empty keys."""
    with fresh_adapter() as adapter:
        yield adapter


@pytest.fixture
def store(adapter: RedisAdapter) -> Store:
    """The store of the adapter."""
    return adapter._store


def store_of(alias: str = "default", **options: object) -> Store:
    """A store of its own, without an adapter."""
    facts = {"keys": Keys("test-store"), "dialect": Dialect(), "bounds": Bounds(), **options}
    return Store(alias, **facts)  # type: ignore[arg-type]
