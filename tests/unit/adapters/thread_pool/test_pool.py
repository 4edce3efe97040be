from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from django_activejob.adapters.thread_pool.pool import Pool, Size
from tests.waiting import until

from .conftest import threads


class Gate:
    """Work that runs until it is let go."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.names: list[str] = []

    def pass_through(self) -> None:
        self.names.append(threading.current_thread().name)
        assert self.open.wait(10)


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open.set()
    until(lambda: not threads())


def pool(*, least: int = 0, most: int = 2, idle_time: float = 0.05) -> Pool:
    return Pool(Size(least=least, most=most, idle_time=idle_time))


class TestThreads:
    def test_none_is_there_before_there_is_work(self, gate: Gate) -> None:
        pool(least=1)
        assert threads() == []

    def test_there_are_no_more_than_was_said(self, gate: Gate) -> None:
        two = pool(most=2)
        for _ in range(5):
            two.submit(gate.pass_through)
        until(lambda: len(gate.names) == 2)
        assert (two.running(), two.waiting(), len(threads())) == (2, 3, 2)
        gate.open.set()
        until(lambda: len(gate.names) == 5)
        assert len(set(gate.names)) == 2

    def test_an_idle_one_is_used_again(self, gate: Gate) -> None:
        patient = pool(idle_time=10)
        gate.open.set()
        for count in (1, 2, 3):
            patient.submit(gate.pass_through)
            until(lambda count=count: len(gate.names) == count and not patient.running())  # type: ignore[misc]  # bound now
            until(lambda: patient._idle == 1)
        assert len(set(gate.names)) == 1
        patient.end()

    def test_one_that_was_idle_for_long_ends_and_another_comes_with_the_next_work(
        self, gate: Gate
    ) -> None:
        hasty = pool(idle_time=0.01)
        gate.open.set()
        hasty.submit(gate.pass_through)
        until(lambda: gate.names and not threads())
        hasty.submit(gate.pass_through)
        until(lambda: len(gate.names) == 2)
        assert len(set(gate.names)) == 2

    def test_the_least_number_stays(self, gate: Gate) -> None:
        hasty = pool(least=1, idle_time=0.01)
        for _ in range(2):
            hasty.submit(gate.pass_through)
        until(lambda: len(gate.names) == 2)
        gate.open.set()
        until(lambda: len(threads()) == 1)
        hasty.submit(gate.pass_through)
        until(lambda: len(gate.names) == 3)
        assert len(set(gate.names)) == 2
        hasty.end()

    def test_one_survives_what_work_raises(
        self, gate: Gate, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail() -> None:
            raise RuntimeError("out of threads")

        one = pool(most=1)
        one.submit(fail)
        one.submit(gate.pass_through)
        until(lambda: gate.names)
        assert one.running() == 1
        (record,) = caplog.records
        assert record.levelno == logging.ERROR
        assert record.getMessage() == "The async adapter has met an error in one of its threads."


class TestEnd:
    def test_work_is_taken_no_more(self, gate: Gate) -> None:
        ended = pool()
        ended.end()
        assert ended.submit(gate.pass_through) is False
        assert gate.names == []

    def test_clearing_gives_up_what_has_not_begun(self, gate: Gate) -> None:
        one = pool(most=1)
        for _ in range(3):
            one.submit(gate.pass_through)
        until(lambda: gate.names)
        assert one.clear() == 2
        gate.open.set()
        one.join()
        assert len(gate.names) == 1
