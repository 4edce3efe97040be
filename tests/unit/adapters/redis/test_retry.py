"""Sidekiq's own retries, in the life of a job."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from django_activejob.adapters.redis import RedisAdapter
from django_activejob.contracts import JobQuery, Status
from django_activejob.errors import InvalidOptions
from django_activejob.testing.contracts.furniture import (
    Worker,
    envelope,
    failed,
    run_chore,
    unpacked,
)
from tests.redis import client, fresh_adapter

pytestmark = pytest.mark.needs("redis")

Make = Callable[..., RedisAdapter]


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes the one adapter of a test, over empty keys."""
    opened = ExitStack()

    def make(**options: Any) -> RedisAdapter:
        return opened.enter_context(fresh_adapter(polling_interval=0.02, **options))

    with opened:
        yield make


def entries(adapter: RedisAdapter, key: str) -> list[tuple[dict[str, Any], float]]:
    """The jobs in one of Sidekiq's sets, with their scores."""
    with client() as server:
        found = server.zrange(getattr(adapter._store.keys, key), 0, -1, withscores=True)
    return [(json.loads(text), score) for text, score in found]


def fail_once(adapter: RedisAdapter, worker: Worker) -> None:
    """Lets the one job that is there fail."""
    worker.settle(worker.claim_one(), execution=failed())


def hasten(adapter: RedisAdapter) -> None:
    """Makes what waits in ``retry`` due."""
    with client() as server:
        key = adapter._store.keys.retry
        for text in server.zrange(key, 0, -1):
            server.zadd(key, {text: 0})
    run_chore(adapter, "dispatch")


def statuses(adapter: RedisAdapter) -> dict[Status, int]:
    """How many jobs are retrying, and how many have failed."""
    inspector = adapter.inspector()
    assert inspector is not None
    wanted: tuple[Status, ...] = ("retrying", "failed")
    return {status: inspector.count(JobQuery(status=status)).number for status in wanted}


class TestRetries:
    @pytest.mark.parametrize("retry", [-1, 2.5, "3", None])
    def test_the_option_has_to_be_a_number(self, make: Make, retry: Any) -> None:
        with pytest.raises(InvalidOptions, match=r"'retry' is .*; it has to be a whole number"):
            make(retry=retry)

    def test_without_a_word_a_job_fails_at_once(self, make: Make) -> None:
        adapter = make()
        adapter.enqueue(envelope(1))

        fail_once(adapter, Worker(adapter))

        assert statuses(adapter) == {"retrying": 0, "failed": 1}

    def test_the_adapter_may_say_how_often(self, make: Make) -> None:
        adapter = make(retry=2)
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)

        for _ in range(2):
            fail_once(adapter, worker)
            assert statuses(adapter) == {"retrying": 1, "failed": 0}
            hasten(adapter)
        fail_once(adapter, worker)

        assert statuses(adapter) == {"retrying": 0, "failed": 1}

    @pytest.mark.parametrize(("said", "retrying"), [(1, 1), (0, 0), (False, 0), (True, 1)])
    def test_a_class_may_say_otherwise(self, make: Make, said: int, retrying: int) -> None:
        adapter = make(retry=0 if said else 5)
        adapter.enqueue(envelope(1, extra={"retry": said}))

        fail_once(adapter, Worker(adapter))

        assert statuses(adapter) == {"retrying": retrying, "failed": 1 - retrying}

    def test_they_come_in_sidekiqs_rhythm(self, make: Make) -> None:
        adapter = make(retry=True)
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)

        for number, least in enumerate((15, 16, 31)):
            fail_once(adapter, worker)
            [(job, due)] = entries(adapter, "retry")
            failed_at = job.get("retried_at", job["failed_at"])
            assert job["retry_count"] == number
            assert least <= due - failed_at + 0.001 < least + 10 * (number + 1) + 1
            hasten(adapter)

    def test_a_job_keeps_its_ids_and_what_came_with_it(self, make: Make) -> None:
        adapter = make(retry=1)
        id = adapter.enqueue(envelope("x", on_crash="fail", extra={"tags": ["a"]}))
        worker = Worker(adapter)
        fail_once(adapter, worker)
        hasten(adapter)

        again = unpacked(worker.claim_one())

        assert again.payload["provider_job_id"] == id
        assert (again.payload["arguments"], again.on_crash) == (["x"], "fail")
        assert again.extra == {"tags": ["a"]}
