"""The pages over a real Redis."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from django_activejob import handler
from django_activejob.adapters.redis import RedisAdapter
from django_activejob.contracts import JobQuery, Status
from django_activejob.testing.contracts.furniture import Worker, envelope, failed, later
from tests import redis
from tests.dashboard.addresses import (
    ACT,
    JOB,
    JOBS,
    OVERVIEW,
    PROCESSES,
    QUEUES,
    SEMAPHORES,
    TASKS,
    to,
)

pytestmark = pytest.mark.needs("redis")


@pytest.fixture
def adapter(settings: Settings) -> Iterator[RedisAdapter]:
    """An adapter over empty keys, the only one of the project."""
    with redis.fresh_adapter(namespace="test-dashboard") as kept:
        options = {"namespace": "test-dashboard"}
        settings.ACTIVE_JOB = {
            "QUEUE_ADAPTER": "redis",
            "ADAPTERS": {"redis": {"ADAPTER": "redis", "OPTIONS": options}},
        }
        handler.adapter()
        yield kept


def _fill(adapter: RedisAdapter) -> str:
    adapter.enqueue_all([envelope("waits"), envelope("later", scheduled_at=later())])
    worker = Worker(adapter)
    claim = worker.claim_one()
    worker.settle(claim, execution=failed("no more paper"))
    adapter.enqueue(envelope("runs"))
    worker.claim_one()
    adapter.enqueue(envelope("waits too"))
    assert claim.envelope is not None
    return str(claim.envelope.payload["provider_job_id"])


@pytest.mark.parametrize(
    "page", [OVERVIEW, JOBS, QUEUES, PROCESSES, TASKS, SEMAPHORES], ids=lambda page: page[22:]
)
def test_every_page_is_shown(adapter: RedisAdapter, operator: Client, page: str) -> None:
    _fill(adapter)
    assert operator.get(to(page)).status_code == 200


@pytest.mark.parametrize("status", ["ready", "scheduled", "running", "failed"])
def test_jobs_are_listed_by_status(adapter: RedisAdapter, operator: Client, status: Status) -> None:
    _fill(adapter)
    [job] = adapter.inspector().jobs(JobQuery(status=status)).jobs
    assert job.id in operator.get(to(JOBS), {"status": status}).content.decode()


def test_a_failed_job_shows_its_error_and_is_retried(
    adapter: RedisAdapter, operator: Client
) -> None:
    id = _fill(adapter)
    assert "no more paper" in operator.get(to(JOB, id)).content.decode()
    form = {"action": "retry", "status": "failed", "id": id, "confirmed": "yes"}
    operator.post(to(ACT), form)
    assert adapter.inspector().count(JobQuery(status="failed")).number == 0
    assert [claim.crashes for claim in Worker(adapter).claim()] == [0, 0]
