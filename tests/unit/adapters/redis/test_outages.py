"""Connections are cut at every point, servers restart, fill up and change their part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

import pytest

from django_activejob import clock
from django_activejob.adapters.redis import RedisAdapter
from django_activejob.contracts import Claim, Envelope, JobQuery, Limit
from django_activejob.errors import AdapterUnavailable
from django_activejob.testing.contracts.furniture import (
    Worker,
    arguments,
    envelope,
    failed,
    first_argument,
    later,
    run_chore,
)
from tests import services
from tests.integration.proxy import Proxy
from tests.redis import client, fresh_adapter
from tests.services import PrivateRedis
from tests.unit.adapters.redis.furniture import sha_of
from tests.waiting import until

T = TypeVar("T")

pytestmark = pytest.mark.needs("redis")

SCRIPTS = ("enqueue", "claim", "settle", "due", "dispatch", "begin")


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A way to the server of the tests."""
    parts = urlsplit(str(services.redis().url))
    proxy = Proxy("127.0.0.1", parts.port or 6379)
    yield proxy
    proxy.close()


@pytest.fixture
def through(proxy: Proxy) -> Iterator[RedisAdapter]:
    """An adapter that goes this way."""
    with _adapter_at(f"redis://127.0.0.1:{proxy.port}/0") as adapter:
        yield adapter


@pytest.fixture
def server() -> Iterator[PrivateRedis]:
    """A server to kill."""
    server = PrivateRedis("--appendonly", "yes", "--appendfsync", "always")
    server.start()
    yield server
    server.kill()


@contextmanager
def _adapter_at(url: str) -> Iterator[RedisAdapter]:
    with fresh_adapter(url, polling_interval=0.02) as adapter:
        yield adapter


class TestCuts:
    @pytest.mark.line("RQ-217")
    def test_jobs_whose_claim_found_nobody_come_back(
        self, through: RedisAdapter, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _warm_up(through)
        through.enqueue_all([envelope(1), envelope(2)])
        worker = Worker(through)
        proxy.cut_after(sha_of(through, "claim"))
        with pytest.raises(AdapterUnavailable):
            worker.claim()
        assert worker.claim() == []
        for seconds in (0, 11):
            monkeypatch.setattr(clock, "monotonic", lambda at=seconds: 1000.0 + at)
            worker.registry.beat(worker.id, running=[])
            monkeypatch.undo()
        assert arguments(worker.claim()) == [1, 2]

    @pytest.mark.line("RQ-217", "RQ-221")
    @pytest.mark.parametrize("script", SCRIPTS)
    @pytest.mark.parametrize("moment", ["before", "after"])
    def test_a_connection_that_is_cut_at_a_transition_loses_no_job(
        self, through: RedisAdapter, proxy: Proxy, script: str, moment: str
    ) -> None:
        _warm_up(through)
        cut = proxy.cut_before if moment == "before" else proxy.cut_after
        cut(sha_of(through, script), within=2)
        done = _life(through, numbers=6)
        assert proxy.cuts == 2
        assert set(done) == set(range(6))

    @pytest.mark.line("RQ-008")
    def test_an_end_whose_answer_was_lost_is_written_once(
        self, through: RedisAdapter, proxy: Proxy
    ) -> None:
        _warm_up(through)
        through.enqueue(envelope(1))
        worker = Worker(through)
        claim = worker.claim_one()
        proxy.cut_after(sha_of(through, "settle"))
        with pytest.raises(AdapterUnavailable):
            worker.retry(claim)
        assert worker.retry(claim) == [claim.token]
        assert arguments(worker.claim()) == [1]

    def test_a_line_that_is_cut_is_made_anew(self, through: RedisAdapter, proxy: Proxy) -> None:
        worker = Worker(through)
        list(worker.source.claim(["*"], limit=1))
        proxy.cut()
        through.enqueue(envelope(1))
        found = until(lambda: list(worker.source.claim(["*"], limit=1)))
        assert arguments(found) == [1]


class TestServer:
    @pytest.mark.line("RQ-218")
    def test_scripts_that_it_has_forgotten_are_sent_again(self, adapter: RedisAdapter) -> None:
        worker = Worker(adapter)
        for number in range(3):
            with client() as server:
                server.script_flush()
            adapter.enqueue(envelope(number))
            with client() as server:
                server.script_flush()
            claim = worker.claim_one()
            with client() as server:
                server.script_flush()
            assert worker.finish(claim) == []

    @pytest.mark.line("RQ-218")
    def test_it_is_killed_and_comes_back_with_all_that_it_had(self, server: PrivateRedis) -> None:
        with _adapter_at(server.url) as adapter:
            adapter.enqueue_all([envelope(number) for number in range(3)])
            worker = Worker(adapter)
            held = worker.claim_one()
            server.kill()
            with pytest.raises(AdapterUnavailable, match="Is the server up"):
                adapter.enqueue(envelope("lost, and said so"))
            server.start()
            assert worker.finish(held) == []
            assert arguments(worker.claim()) == [1, 2]

    @pytest.mark.line("RQ-218")
    def test_without_its_data_it_knows_nobody_and_workers_are_told(
        self, server: PrivateRedis
    ) -> None:
        with _adapter_at(server.url) as adapter:
            adapter.enqueue(envelope(1))
            worker = Worker(adapter)
            held = worker.claim_one()
            with client(server.url) as direct:
                direct.flushall()
            assert worker.finish(held) == [held.token]
            worker.registry.register(worker.record)
            adapter.enqueue(envelope(2))
            assert arguments(worker.claim()) == [2]

    @pytest.mark.line("RQ-219")
    def test_a_replica_refuses_and_a_master_again_accepts(self, server: PrivateRedis) -> None:
        with _adapter_at(server.url) as adapter, client(server.url) as direct:
            adapter.enqueue(envelope(1))
            worker = Worker(adapter)
            held = worker.claim_one()
            direct.replicaof("127.0.0.1", "1")
            for attempt in (lambda: adapter.enqueue(envelope(2)), lambda: worker.finish(held)):
                with pytest.raises(AdapterUnavailable, match="It is a replica"):
                    attempt()
            direct.replicaof("NO", "ONE")
            assert worker.finish(held) == []
            adapter.enqueue(envelope(3))
            assert arguments(worker.claim()) == [3]

    @pytest.mark.line("RQ-219")
    def test_while_it_reads_its_data_it_is_waited_for(self) -> None:
        server = PrivateRedis()
        with _adapter_at(server.start()) as adapter:
            adapter.enqueue(envelope("kept"))
            with client(server.url) as direct:
                direct.mset({f"other:{number}": "x" * 1000 for number in range(1000)})
                direct.save()
            server.kill()
            slow = ("--key-load-delay", "2000", "--loading-process-events-interval-bytes", "1024")
            server.start(*slow, wait=False)
            assert "reads its data from disk" in until(lambda: _error_while_loading(adapter))
            until(lambda: services.redis_problem(server.url) is None)
            assert arguments(Worker(adapter).claim(limit=1)) == ["kept"]
        server.kill()

    @pytest.mark.line("RQ-220")
    def test_when_its_memory_is_full_nothing_is_accepted_and_all_is_worked_off(
        self, server: PrivateRedis
    ) -> None:
        with _adapter_at(server.url) as adapter, client(server.url) as direct:
            adapter.enqueue_all([envelope(number) for number in range(4)])
            worker = Worker(adapter)
            direct.config_set("maxmemory", "1")
            with pytest.raises(AdapterUnavailable, match="memory is full"):
                adapter.enqueue(envelope("too much"))
            with pytest.raises(AdapterUnavailable, match="memory is full"):
                adapter.enqueue_all([envelope("too much")])
            assert list(worker.registry.beat(worker.id, running=[])) == []
            claims = worker.claim()
            assert arguments(claims) == [0, 1, 2, 3]
            assert worker.finish(*claims[:1]) == []
            assert worker.settle(claims[1], execution=failed()) == []
            assert worker.retry(claims[2]) == []
            assert worker.release(claims[3]) == []
            worker.registry.deregister(worker.id)
            assert arguments(Worker(adapter).claim()) == [3, 2]


def _warm_up(adapter: RedisAdapter) -> None:
    """Has every script known to the server, so that it is called by its name."""
    worker = Worker(adapter)
    for number in range(2):
        adapter.enqueue(_limited(f"warm {number}"))
        adapter.enqueue(envelope("warm", scheduled_at=later(0.01)))
    until(lambda: _has_finished_all(adapter, worker))


def _has_finished_all(adapter: RedisAdapter, worker: Worker) -> bool:
    run_chore(adapter, "dispatch")
    worker.finish(*worker.claim())
    return adapter.inspector().count(JobQuery()).number == 0


def _life(adapter: RedisAdapter, *, numbers: int) -> list[int]:
    """Jobs come in, are dispatched, claimed, tried again and finished, whatever is cut."""
    for number in range(numbers):
        due = later(0.3) if number % 3 == 0 else None
        job = envelope(number, scheduled_at=due) if number % 3 else _limited(number, due)
        _again(lambda job=job: adapter.enqueue(job))
    done: list[int] = []
    until(lambda: _has_nothing_left(adapter, done))
    return done


def _has_nothing_left(adapter: RedisAdapter, done: list[int]) -> bool:
    """Has one worker live and die; says whether there is nothing for a next one."""
    worker = Worker(adapter)
    for _ in range(5):
        _again(lambda: run_chore(adapter, "dispatch"))
        for claim in _again(worker.claim):
            if _again(lambda claim=claim: _retried_or_finished(worker, claim)):
                done.append(first_argument(claim))
    worker.registry.bury(worker.id, reason="of old age", started=[])
    return adapter.inspector().count(JobQuery()).number == 0


def _retried_or_finished(worker: Worker, claim: Claim) -> bool:
    assert claim.envelope is not None
    if claim.envelope.payload["executions"] == 0:
        worker.retry(claim, scheduled_at=later(0.1))
        return False
    worker.finish(claim)
    return True


def _limited(number: object, due: datetime | None = None) -> Envelope:
    limit = Limit(key="shop/1", to=2, duration=60.0)
    return envelope(number, scheduled_at=due, limit=limit)


def _again(work: Callable[[], T]) -> T:
    for _ in range(5):
        try:
            return work()
        except AdapterUnavailable:
            continue
    raise AssertionError("five times in a row")


def _error_while_loading(adapter: RedisAdapter) -> str:
    try:
        adapter.enqueue(envelope(1))
    except AdapterUnavailable as error:
        return str(error) if "LOADING" in str(error) or "disk" in str(error) else ""
    return ""
