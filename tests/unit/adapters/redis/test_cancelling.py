"""Cancelled jobs in Redis, where the contract does not look."""

from __future__ import annotations

import pytest

from django_activejob.adapters.redis import RedisAdapter
from django_activejob.adapters.redis.transitions import claim as claiming
from django_activejob.contracts import ErrorRecord, JobQuery, Limit, Outcome
from django_activejob.testing.contracts.furniture import Worker, ended, envelope, failed
from tests.redis import client

pytestmark = [pytest.mark.needs("redis"), pytest.mark.line("DB-064")]


def cancel_all(adapter: RedisAdapter) -> int:
    return adapter.inspector().cancel(JobQuery(status="running"), limit=100).done


def errors_of_failed(adapter: RedisAdapter) -> list[str]:
    jobs = adapter.inspector().jobs(JobQuery(status="failed")).jobs
    return [job.error.class_name.rpartition(".")[2] for job in jobs if job.error]


def test_no_request_outlives_its_claim(adapter: RedisAdapter) -> None:
    adapter.enqueue_all([envelope(number) for number in range(5)])
    worker = Worker(adapter)
    claims = worker.claim()
    assert cancel_all(adapter) == 5
    worker.finish(claims[0])
    worker.settle(claims[1], execution=failed())
    worker.release(claims[2])
    worker.retry(claims[3])
    worker.registry.deregister(worker.id)
    with client() as server:
        assert server.hlen(adapter._store.keys.cancelled) == 0
        assert server.smembers(adapter._store.keys.owners) == set()


def test_a_process_that_dies_while_it_leaves_is_found(adapter: RedisAdapter) -> None:
    adapter.enqueue_all([envelope("cancelled"), envelope("other")])
    worker = Worker(adapter)
    worker.claim_one()
    worker.claim_one()
    [first, _] = adapter.inspector().jobs(JobQuery(status="running")).jobs
    adapter.inspector().cancel(JobQuery(ids=(first.id,)), limit=1)
    adapter._store.run("frames", "queues", "owners", "deregister", with_=(worker.id,))
    assert adapter.inspector().count(JobQuery(status="ready")).number == 1
    [buried] = worker.registry.prune(silent_for=60.0)
    assert buried.fate == "cancelled"
    assert errors_of_failed(adapter) == ["JobCancelled"]


def test_one_that_was_to_wait_for_a_permit_ends_as_a_forgotten_one(adapter: RedisAdapter) -> None:
    limit = Limit(key="shop", to=1, duration=3600.0)
    adapter.enqueue(envelope("holder", limit=limit))
    worker, store = Worker(adapter), adapter._store
    [taken] = claiming._take(store, worker.id, ["default"], 1)
    with client() as server:
        server.zrem(store.keys.holders("shop"), *server.zrange(store.keys.holders("shop"), 0, -1))
        server.zadd(store.keys.holders("shop"), {"another": 4_000_000_000})
    assert cancel_all(adapter) == 1
    assert claiming._begun(store, worker.id, [taken]) == []
    assert adapter.inspector().count(JobQuery(status="running")).number == 1


def test_a_job_that_says_dead_false_is_dropped_as_ever(adapter: RedisAdapter) -> None:
    adapter.enqueue(envelope(1, extra={"dead": False}))
    worker = Worker(adapter)
    claim = worker.claim_one()
    error = ErrorRecord(class_name="django_activejob.errors.JobCancelled", message="cancelled")
    assert worker.settle(claim, execution=ended(Outcome.DISCARDED, error=error)) == []
    assert adapter.inspector().count(JobQuery()).number == 0


def test_an_unreadable_one_is_kept_as_it_is(adapter: RedisAdapter) -> None:
    with client() as server:
        server.sadd(adapter._store.keys.queues, "default")
        server.lpush(adapter._store.keys.queue("default"), '{"class": ')
    worker = Worker(adapter)
    claim = worker.claim_one()
    assert cancel_all(adapter) == 1
    assert worker.release(claim) == []
    with client() as server:
        assert server.zrange(adapter._store.keys.dead, 0, -1) == [b'{"class": ']
