"""What only Redis has: namespaces, bounds, its own clock, locks that expire."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta

import pytest

from django_activejob import clock
from django_activejob.adapters.redis import RedisAdapter
from django_activejob.contracts import ErrorRecord, JobQuery, Unique
from django_activejob.testing.contracts.furniture import (
    Worker,
    arguments,
    envelope,
    failed,
    later,
    payload,
    run_chore,
)
from tests.redis import client, fresh_adapter
from tests.waiting import until

pytestmark = pytest.mark.needs("redis")

QUICK_COMMANDS = frozenset(
    [
        *("evalsha", "eval", "time", "lpush", "rpop", "sadd", "smembers", "publish", "incrby"),
        *("hset", "hget", "hdel", "hlen", "hkeys", "hgetall", "hmget", "zadd", "zscore", "zrem"),
        *("zrangebyscore", "expire", "srem", "rpush", "del", "hsetnx", "unlink", "subscribe"),
        *("unsubscribe", "info", "client|setname", "client|setinfo", "ping", "select"),
        *("exists", "hexists"),
    ]
)


class TestNamespaces:
    @pytest.mark.line("RQ-224")
    def test_two_deployments_on_one_database_do_not_meet(self) -> None:
        with fresh_adapter(namespace="test-one") as one, fresh_adapter(namespace="test-two") as two:
            one.enqueue(envelope("of one", unique=Unique(key="k", seconds=60, until="finish")))
            two.enqueue(envelope("of two", unique=Unique(key="k", seconds=60, until="finish")))
            worker = Worker(one)
            assert arguments(worker.claim()) == ["of one"]
            assert [process.id for process in two.inspector().processes()] == []
            two.registry().prune(silent_for=0.0)
            assert list(worker.registry.beat(worker.id, running=[])) == []
            assert arguments(Worker(two).claim()) == ["of two"]

    @pytest.mark.line("RQ-224")
    def test_every_key_stands_under_the_namespace(self) -> None:
        with client() as server:
            server.set("somebody else's", "thing")
            before = set(server.keys())
            with fresh_adapter(namespace="test-three") as adapter:
                adapter.enqueue_all([envelope(1), envelope(2, scheduled_at=later())])
                worker = Worker(adapter)
                worker.settle(worker.claim_one(), execution=failed())
                worker.registry.beat(worker.id, running=[])
                keys = set(server.keys()) - before
            assert keys
            assert all(key.startswith(b"test-three:") for key in keys)


class TestSpeed:
    @pytest.mark.line("RQ-226")
    def test_work_takes_no_command_that_grows_with_what_waits(self, adapter: RedisAdapter) -> None:
        adapter.enqueue_all([envelope(number) for number in range(3_000)])
        worker = Worker(adapter)
        with client() as server:
            server.config_resetstat()
            for number in range(20):
                adapter.enqueue(envelope(number))
                adapter.enqueue(envelope(number, scheduled_at=later(0.001)))
                claims = worker.claim(limit=5)
                worker.finish(*claims[:2])
                worker.retry(claims[2])
                worker.settle(claims[3], execution=failed())
                worker.release(claims[4])
                worker.registry.beat(worker.id, running=[])
                run_chore(adapter, "dispatch")
            used = {name.removeprefix("cmdstat_") for name in server.info("commandstats")}
        trims = {"zremrangebyscore", "zremrangebyrank", "config|resetstat"}
        assert used - trims <= QUICK_COMMANDS

    @pytest.mark.line("RQ-225")
    def test_counting_and_paging_read_no_more_than_a_piece(self, adapter: RedisAdapter) -> None:
        adapter.enqueue_all([envelope(number) for number in range(5_000)])
        inspector = adapter.inspector()
        assert inspector.count(JobQuery(status="ready"), cap=100_000).number == 5_000
        with client() as server:
            before = server.info("stats")["total_net_output_bytes"]
            page = inspector.jobs(JobQuery(status="ready"), limit=20)
            last = inspector.jobs(JobQuery(search="4999", status="ready"), limit=20)
            sent = server.info("stats")["total_net_output_bytes"] - before
        assert [job.payload["arguments"] for job in page.jobs if job.payload] == [
            [number] for number in range(20)
        ]
        assert [job.payload["arguments"] for job in last.jobs if job.payload] == [[4999]]
        assert sent < 200_000


class TestDeadJobs:
    @pytest.mark.line("RQ-228")
    def test_only_the_latest_are_kept(self) -> None:
        with fresh_adapter(most_dead=3) as adapter:
            worker = Worker(adapter)
            for number in range(5):
                adapter.enqueue(envelope(number))
                worker.settle(worker.claim_one(), execution=failed())
            jobs = adapter.inspector().jobs(JobQuery(status="failed")).jobs
            shown = [job.payload["arguments"][0] for job in jobs if job.payload]
            assert shown == [4, 3, 2]

    @pytest.mark.line("RQ-228")
    def test_the_old_are_dropped(self, adapter: RedisAdapter) -> None:
        worker, keys = Worker(adapter), adapter._store.keys
        adapter.enqueue_all([envelope("old"), envelope("new")])
        worker.settle(worker.claim_one(), execution=failed())
        with client() as server:
            [old] = server.zrange(keys.dead, 0, -1)
            half_a_year_ago = (datetime.now(UTC) - timedelta(days=181)).timestamp()
            server.zadd(keys.dead, {old: half_a_year_ago})
        worker.settle(worker.claim_one(), execution=failed())
        assert adapter.inspector().count(JobQuery(status="failed")).number == 1


class TestClocks:
    @pytest.mark.line("RQ-229")
    def test_what_is_due_is_told_by_the_clock_of_redis(
        self, adapter: RedisAdapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        adapter.enqueue(envelope("soon", scheduled_at=later(60)))
        worker = Worker(adapter)
        fast = datetime.now(UTC) + timedelta(hours=2)
        monkeypatch.setattr(clock, "now", lambda: fast)
        assert run_chore(adapter, "dispatch") == 0
        assert list(worker.registry.prune(silent_for=60.0)) == []
        worker.registry.beat(worker.id, running=[])


class TestLocks:
    def test_a_lock_expires_by_itself(self, adapter: RedisAdapter) -> None:
        adapter.enqueue(envelope(1, unique=Unique(key="k", seconds=0.05, until="finish")))
        key = adapter._store.keys.unique("k")
        with client() as server:
            until(lambda: not server.exists(key))


class TestStrings:
    def test_a_job_of_the_web_ui_is_what_sidekiq_would_write(self, adapter: RedisAdapter) -> None:
        id = adapter.enqueue(envelope("Grüße", queue_name="mailers"))
        with client() as server:
            assert server.smembers(adapter._store.keys.queues) == {b"mailers"}
            [text] = server.lrange(adapter._store.keys.queue("mailers"), 0, -1)
        job = json.loads(text)
        assert (job["jid"], job["queue"], job["retry"]) == (id, "mailers", 0)
        assert "Grüße".encode() in text

    def test_what_is_no_job_in_the_schedule_goes_among_the_dead(
        self, adapter: RedisAdapter
    ) -> None:
        with client() as server:
            server.zadd(adapter._store.keys.schedule, {"no json": 0})
            server.zadd(adapter._store.keys.retry, {"{}": 0})
        assert run_chore(adapter, "dispatch") == 2
        jobs = adapter.inspector().jobs(JobQuery(status="failed")).jobs
        assert {job.raw_payload for job in jobs} == {"no json", "{}"}
        assert all(job.payload is None for job in jobs)

    def test_an_unreadable_job_can_be_dropped(self, adapter: RedisAdapter) -> None:
        with client() as server:
            server.lpush(adapter._store.keys.queue("default"), "no json")
            server.sadd(adapter._store.keys.queues, "default")
        inspector = adapter.inspector()
        [job] = inspector.jobs(JobQuery()).jobs
        assert inspector.find(job.id) == job
        assert inspector.discard(JobQuery(ids=(job.id,)), limit=1).done == 1
        assert inspector.count(JobQuery()).number == 0


class TestForking:
    def test_a_child_has_connections_of_its_own(self, adapter: RedisAdapter) -> None:
        adapter.enqueue(envelope("of the parent"))
        child = os.fork()
        if child == 0:
            status = 1
            try:
                adapter.forget()
                adapter.enqueue(envelope("of the child"))
                status = 0
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
        adapter.enqueue(envelope("of the parent again"))
        assert len(Worker(adapter).claim()) == 3


class TestRetriesOfSidekiq:
    def test_a_job_that_asks_for_them_waits_in_the_set_of_retries(
        self, adapter: RedisAdapter
    ) -> None:
        adapter.enqueue(envelope(1, extra={"retry": 2}))
        worker = Worker(adapter)
        worker.settle(worker.claim_one(), execution=failed())
        [job] = adapter.inspector().jobs(JobQuery(status="retrying")).jobs
        assert job.error == ErrorRecord(
            class_name="shop.errors.OutOfStock", message="out of stock", traceback="line 1"
        )
        assert job.scheduled_at is not None
        assert adapter.inspector().dispatch(JobQuery(ids=(job.id,)), limit=1).done == 1
        assert len(worker.claim()) == 1

    def test_an_adapter_may_have_all_of_its_jobs_performed_again(self) -> None:
        with fresh_adapter(retry=1) as adapter:
            adapter.enqueue(envelope(payload=payload(1)))
            worker = Worker(adapter)
            worker.settle(worker.claim_one(), execution=failed())
            assert adapter.inspector().count(JobQuery(status="retrying")).number == 1


class TestSettingAside:
    def test_a_waiting_job_goes_among_the_failed_and_can_be_retried(
        self, adapter: RedisAdapter
    ) -> None:
        lock = Unique(key="k", seconds=60, until="finish")
        id = adapter.enqueue(envelope("undecided", unique=lock))
        inspector = adapter.inspector()
        assert inspector.set_aside(JobQuery(ids=(id,)), limit=10).done == 1
        assert Worker(adapter).claim() == []
        [job] = inspector.jobs(JobQuery(status="failed")).jobs
        assert job.error is not None
        assert job.error.class_name == "SetAside"
        adapter.enqueue(envelope("the next", unique=lock))
        assert inspector.retry(JobQuery(ids=(id,)), limit=10).done == 1
        assert arguments(Worker(adapter).claim()) == ["the next", "undecided"]
