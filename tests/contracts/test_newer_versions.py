"""A rolling upgrade: what a newer version wrote, before a worker of this one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.models import Job, Process
from django_activejob.adapters.redis import RedisAdapter
from django_activejob.contracts import Envelope, JobQuery, Limit, Outcome, QueueAdapter
from django_activejob.job.execution import execute
from django_activejob.job.packing import pack
from django_activejob.testing.contracts.furniture import Worker, unpacked
from tests.jobs import buffer
from tests.jobs.hello import HelloJob
from tests.redis import client, fresh_adapter

NEWS = {"colour": "red", "shades": [1, {"a": None}]}

Age = Callable[[], None]
"""Adds what this version does not know to all that is stored."""


def newer_job() -> Envelope:
    """A job whose payload has keys of a version to come."""
    packed = pack(HelloJob("Ada"))
    payload: Any = {**packed.payload, **NEWS}
    limit = Limit(key="k", to=1, duration=60.0)
    return Envelope(payload=payload, queue_name="default", limit=limit, on_crash="fail")


class NewerVersionContract:
    """What an old worker makes of it; wants the fixtures ``adapter`` and ``age``."""

    @pytest.mark.line("RQ-246")
    def test_its_jobs_are_performed(self, adapter: QueueAdapter, age: Age) -> None:
        buffer.clear()
        adapter.enqueue(newer_job())
        age()
        worker = Worker(adapter)

        envelope = unpacked(worker.claim_one())
        execution = execute(envelope, adapter=adapter)

        assert execution.outcome is Outcome.PERFORMED
        assert buffer.lines() == ["Ada says hello"]
        assert envelope.limit == Limit(key="k", to=1, duration=60.0)
        assert envelope.on_crash == "fail"

    @pytest.mark.line("RQ-246")
    def test_its_jobs_and_processes_are_shown(self, adapter: QueueAdapter, age: Age) -> None:
        adapter.enqueue(newer_job())
        worker = Worker(adapter)
        age()
        inspector = adapter.inspector()
        assert inspector is not None

        [job] = inspector.jobs(JobQuery(status="ready")).jobs
        [process] = inspector.processes()

        assert job.payload is not None
        assert cast("Any", job.payload)["colour"] == "red"
        assert (process.id, process.pid) == (worker.id, worker.record.pid)
        assert process.metadata["threads"] == 5

    @pytest.mark.line("RQ-246")
    def test_its_processes_beat_and_are_buried(self, adapter: QueueAdapter, age: Age) -> None:
        adapter.enqueue(newer_job())
        worker = Worker(adapter)
        claim = worker.claim_one()
        age()

        worker.registry.beat(worker.id, running=[claim.token])
        [buried] = worker.registry.bury(worker.id, reason="killed", started=[claim.token])

        assert (buried.token, buried.fate) == (claim.token, "failed")


class TestDatabase(NewerVersionContract):
    @pytest.fixture
    def age(self, alias: str, adapter: DatabaseAdapter) -> Age:
        """Adds to the JSON in the columns."""

        def age() -> None:
            for job in Job.objects.using(alias):
                job.routing = json.dumps({**json.loads(job.routing), **NEWS})
                job.save(using=alias)
            for process in Process.objects.using(alias):
                process.metadata = json.dumps({**json.loads(process.metadata), **NEWS})
                process.save(using=alias)

        return age


@pytest.mark.needs("redis")
class TestRedis(NewerVersionContract):
    @pytest.fixture
    def adapter(self) -> Iterator[RedisAdapter]:
        """An adapter over empty keys."""
        with fresh_adapter(polling_interval=0.02) as adapter:
            yield adapter

    @pytest.fixture
    def age(self, adapter: RedisAdapter) -> Age:
        """Adds to the job in its queue, or among those that wait for a permit, and to hashes."""
        keys = adapter._store.keys

        def age() -> None:
            with client() as server:
                for key in server.scan_iter(match=f"{keys.prefix}queue:*"):
                    server.lset(key, 0, aged(server.lindex(key, 0)))
                for owner in server.smembers(keys.owners):
                    server.hset(keys.owner(owner.decode()), mapping={"colour": "red"})

        return age


def aged(text: bytes) -> str:
    """A job with fields of Sidekiq's, and of ours, that nobody knows yet."""
    news = {"aj_colour": "red", "sidekiqs_news": [1]}
    return json.dumps({**json.loads(text), **news})
