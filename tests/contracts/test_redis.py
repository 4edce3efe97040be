"""The Redis adapter, on a real server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from django_activejob.adapters.redis import RedisAdapter
from django_activejob.testing.contracts import (
    CancellingContract,
    ChoresContract,
    EnqueueContract,
    InspectorContract,
    LimitsContract,
    LimitsInspectorContract,
    RecurringContract,
    RegistryContract,
    SettlingContract,
    SourceContract,
    TalliesContract,
    UniqueContract,
)
from tests.redis import client, fresh_adapter

pytestmark = pytest.mark.needs("redis")


@pytest.fixture
def adapter() -> Iterator[RedisAdapter]:
    """An adapter over empty keys."""
    with fresh_adapter(polling_interval=0.02) as adapter:
        yield adapter


@pytest.fixture
def spoil(adapter: RedisAdapter) -> Callable[[str], None]:
    """Makes what is stored for a job unreadable."""
    queue = adapter._store.keys.queue("default")

    def spoil(id: str) -> None:
        with client() as server:
            texts = server.lrange(queue, 0, -1)
            [place] = [n for n, text in enumerate(texts) if json.loads(text)["jid"] == id]
            server.lset(queue, place, '{"class": ')

    return spoil


@pytest.fixture
def hasten(adapter: RedisAdapter) -> Callable[[], None]:
    """Makes all jobs that wait for their time due."""
    keys = adapter._store.keys
    [dispatch] = [chore for chore in adapter.chores() if chore.name == "dispatch"]

    def hasten() -> None:
        with client() as server:
            for key in (keys.schedule, keys.retry):
                for text in server.zrange(key, 0, -1):
                    server.zadd(key, {text: 0})
        dispatch.run()

    return hasten


class TestCancelling(CancellingContract):
    pass


class TestEnqueue(EnqueueContract):
    pass


class TestSource(SourceContract):
    pass


class TestSettling(SettlingContract):
    pass


class TestRegistry(RegistryContract):
    pass


class TestRecurring(RecurringContract):
    pass


class TestChores(ChoresContract):
    pass


class TestLimits(LimitsContract):
    pass


class TestLimitsForPeople(LimitsInspectorContract):
    pass


class TestInspector(InspectorContract):
    pass


class TestTallies(TalliesContract):
    pass


class TestUnique(UniqueContract):
    pass
