"""The threads that perform."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from django_activejob.contracts import Claim
from django_activejob.runtime import boundary
from django_activejob.runtime import pool as pool_module
from django_activejob.runtime.pool import Pool
from tests.waiting import until

from .fakes import claim

Start = Callable[..., Pool]


@pytest.fixture
def start() -> Iterator[Start]:
    begun: list[Pool] = []

    def start(
        perform: Callable[[Claim], None],
        *,
        threads: int = 2,
        when_free: Callable[[], None] = lambda: None,
        useful: Callable[[], int] | None = None,
    ) -> Pool:
        pool = Pool(threads=threads, perform=perform, when_free=when_free, useful=useful)
        pool.start()
        begun.append(pool)
        return pool

    yield start
    for pool in begun:
        pool.end()
        until(lambda pool=pool: not pool.is_alive())


class TestPool:
    def test_performs_in_order_with_one_thread(self, start: Start) -> None:
        performed: list[str] = []
        pool = start(lambda one: performed.append(one.token), threads=1)
        pool.add([claim(str(number)) for number in range(20)])
        until(pool.is_idle)
        assert performed == [str(number) for number in range(20)]

    def test_performs_as_many_at_once_as_it_has_threads(self, start: Start) -> None:
        barrier = threading.Barrier(3)
        pool = start(lambda _: barrier.wait(5) and None, threads=3)
        pool.add([claim(str(number)) for number in range(3)])
        until(pool.is_idle)
        assert not barrier.broken

    def test_room_counts_what_runs_and_what_waits(self, start: Start) -> None:
        gate = threading.Event()
        pool = start(lambda _: gate.wait(5) and None, threads=3)
        assert pool.room() == 3
        pool.add([claim("1"), claim("2")])
        assert pool.room() == 1
        gate.set()
        until(lambda: pool.room() == 3)

    @pytest.mark.line("DB-064")
    def test_lets_one_claim_be_taken_out_of_the_line(self, start: Start) -> None:
        gate, performed = threading.Event(), list[str]()

        def perform(one: Claim) -> None:
            gate.wait(5)
            performed.append(one.token)

        pool = start(perform, threads=1)
        pool.add([claim(token) for token in "123"])
        until(lambda: pool.room() == -2 and len(pool._waiting) == 2)
        assert pool.take_out("2")
        assert not pool.take_out("2")
        assert not pool.take_out("1")
        gate.set()
        until(pool.is_idle)
        assert performed == ["1", "3"]

    def test_gives_back_what_no_thread_has_taken(self, start: Start) -> None:
        gate, begun = threading.Event(), threading.Event()

        def perform(one: Claim) -> None:
            begun.set()
            gate.wait(5)

        pool = start(perform, threads=1)
        pool.add([claim("1"), claim("2"), claim("3")])
        begun.wait(5)
        assert [one.token for one in pool.take_back()] == ["2", "3"]
        assert not pool.is_idle()
        gate.set()
        until(pool.is_idle)

    def test_says_when_a_thread_is_free(self, start: Start) -> None:
        frees: list[int] = []
        pool = start(lambda _: None, when_free=lambda: frees.append(1))
        pool.add([claim()])
        until(lambda: frees == [1])

    @pytest.mark.line("RQ-199")
    def test_a_thread_that_dies_is_noticed(
        self, start: Start, caplog: pytest.LogCaptureFixture
    ) -> None:
        def perform(one: Claim) -> None:
            raise RuntimeError("a bug of ours")

        pool = start(perform)
        assert pool.is_alive()
        pool.add([claim()])
        until(lambda: not pool.is_alive())
        assert "The thread pool-1 has died." in caplog.text or "pool-2" in caplog.text

    def test_tries_connections_after_a_rest(
        self, start: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        checks: list[int] = []
        monkeypatch.setattr(pool_module, "_SHORT_REST", -1.0)
        monkeypatch.setattr(boundary, "check_after_rest", lambda: checks.append(1))
        start(lambda _: None).add([claim()])
        until(lambda: checks == [1])

    def test_closes_connections_after_a_long_rest(
        self, start: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closings: list[int] = []
        monkeypatch.setattr(pool_module, "_LONG_REST", 0.01)
        monkeypatch.setattr(boundary, "close_idle", lambda: closings.append(1))
        start(lambda _: None)
        until(lambda: len(closings) > 2)


class TestFewUsefulThreads:
    def test_no_more_of_them_run(self, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pool_module, "_STUCK", 60.0)
        running = Counter[int]()
        pool = start(lambda _: running.update([pool._running]), threads=4, useful=lambda: 1)
        pool.add([claim(str(number)) for number in range(200)])
        until(pool.is_idle)
        assert running == {1: 200}

    def test_one_more_helps_when_those_that_run_are_stuck(self, start: Start) -> None:
        gate, performed = threading.Event(), list[str]()

        def perform(one: Claim) -> None:
            if one.token in ("1", "3"):
                assert gate.wait(60)
            performed.append(one.token)

        pool = start(perform, threads=3, useful=lambda: 1)
        pool.add([claim(str(number)) for number in range(1, 21)])
        until(lambda: len(performed) == 18)
        assert not {"1", "3"} & set(performed)
        gate.set()
        until(pool.is_idle)
        assert len(performed) == 20

    def test_all_go_on_when_more_are_of_use_again(self, start: Start) -> None:
        useful = [1]
        barrier = threading.Barrier(3)
        pool = start(lambda _: barrier.wait(60) and None, threads=3, useful=lambda: useful[0])
        pool.add([claim(str(number)) for number in range(3)])
        useful[0] = 3
        until(pool.is_idle)
        assert not barrier.broken
