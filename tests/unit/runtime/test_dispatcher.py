"""Chores in their time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from typing_extensions import override

from django_activejob import clock, signals
from django_activejob.contracts import Buried, Chore, ProcessRecord
from django_activejob.errors import AdapterUnavailable
from django_activejob.runtime.configuration import Timing
from django_activejob.runtime.dispatcher import Dispatcher
from tests.waiting import until

from .fakes import FakeAdapter, FakeRegistry

Start = Callable[..., Dispatcher]


@pytest.fixture
def start() -> Iterator[Start]:
    begun: list[Dispatcher] = []

    def start(adapter: FakeAdapter, *, maintenance_interval: float = 0.01) -> Dispatcher:
        timing = Timing(
            maintenance_interval=maintenance_interval, dead_after=7.0, beat_interval=2.0
        )
        dispatcher = Dispatcher(adapter, timing=timing)
        dispatcher.start()
        begun.append(dispatcher)
        return dispatcher

    yield start
    for dispatcher in begun:
        dispatcher.end()
        dispatcher.join(until=clock.monotonic() + 5)


class InspectedAdapter(FakeAdapter):
    """Shows a worker that was heard of so many seconds ago."""

    def __init__(self, registry: FakeRegistry, *, silence: float) -> None:
        super().__init__(registry=registry)
        self._beat_at = clock.now() - timedelta(seconds=silence)

    @override
    def inspector(self) -> Any:
        silent = ProcessRecord(
            id="p", kind="worker", hostname="h", pid=1, beat_at=self._beat_at, started_at=None
        )
        return Mock(processes=lambda: [silent])


class Counter:
    """A chore that finds ``amounts`` to do, one after the other, then nothing."""

    def __init__(self, *amounts: int | Exception) -> None:
        self.runs = 0
        self._amounts = list(amounts)

    def __call__(self) -> int:
        self.runs += 1
        amount = self._amounts.pop(0) if self._amounts else 0
        if isinstance(amount, Exception):
            raise amount
        return amount


class TestDispatcher:
    def test_a_chore_runs_at_once_and_again_in_its_time(self, start: Start) -> None:
        often, seldom = Counter(), Counter()
        chores = [
            Chore(name="often", every=0.001, run=often),
            Chore(name="seldom", every=60, run=seldom),
        ]
        start(FakeAdapter(chores=chores))
        until(lambda: often.runs > 5)
        assert seldom.runs == 1

    def test_a_chore_that_found_work_comes_again_at_once(self, start: Start) -> None:
        chore = Counter(500, 500, 3)
        start(FakeAdapter(chores=[Chore(name="dispatch", every=60, run=chore)]))
        until(lambda: chore.runs == 4)

    def test_a_chore_comes_again_when_it_says_so(self, start: Start) -> None:
        chore = Counter()
        again = iter([0.01, -1.0])
        turns = Chore(name="dispatch", every=60, run=chore, due_in=lambda: next(again, None))
        start(FakeAdapter(chores=[turns]))
        until(lambda: chore.runs == 3)

    @pytest.mark.line("RQ-044")
    def test_a_chore_that_raises_hurts_no_other_and_is_tried_again(
        self, start: Start, caplog: pytest.LogCaptureFixture
    ) -> None:
        broken, sound = Counter(ValueError("odd"), AdapterUnavailable("down")), Counter()
        chores = [
            Chore(name="broken", every=0.001, run=broken),
            Chore(name="sound", every=0.001, run=sound),
        ]
        dispatcher = start(FakeAdapter(chores=chores))
        until(lambda: broken.runs > 3 and sound.runs > 3)
        assert dispatcher.is_alive()
        assert "The chore 'broken': fails and is tried again" in caplog.text

    @pytest.mark.line("RQ-016")
    def test_it_looks_for_the_dead_again_and_again(self, start: Start) -> None:
        registry = FakeRegistry()
        start(FakeAdapter(registry=registry))
        until(lambda: len(registry.named("prune")) > 2)
        assert registry.named("prune")[0] == ("prune", 7.0)

    @pytest.mark.parametrize("silence", [6.5, 7000.0])
    def test_it_comes_back_when_a_silent_one_is_to_be_dead(
        self, start: Start, silence: float
    ) -> None:
        registry = FakeRegistry()
        start(InspectedAdapter(registry, silence=silence), maintenance_interval=600)
        until(lambda: len(registry.named("prune")) == 2)

    @pytest.mark.parametrize("silence", [-7000.0, 3.0])
    def test_it_lets_those_that_are_heard_of_in_peace(self, start: Start, silence: float) -> None:
        dispatcher = start(InspectedAdapter(FakeRegistry(), silence=silence))
        [turn] = dispatcher._turns
        assert turn.chore.due_in() is None

    def test_it_tells_what_became_of_the_jobs_of_the_dead(self, start: Start) -> None:
        told: list[object] = []

        def receive(**facts: object) -> None:
            told.append(facts["buried"])

        registry = FakeRegistry()
        registry.buried = [Buried(token="1", envelope=None, fate="released")]
        signals.process_pruned.connect(receive)
        start(FakeAdapter(registry=registry))
        until(lambda: told)
        signals.process_pruned.disconnect(receive)
        assert told[0] == registry.buried

    def test_chores_that_ran_are_told(self, start: Start) -> None:
        told: list[tuple[object, object]] = []

        def receive(**facts: object) -> None:
            told.append((facts["name"], facts["count"]))

        signals.chore_ran.connect(receive)
        start(FakeAdapter(chores=[Chore(name="dispatch", every=60, run=Counter(3))]))
        until(lambda: len(told) == 2)
        signals.chore_ran.disconnect(receive)
        assert told == [("dispatch", 3), ("dispatch", 0)]

    def test_without_chores_it_has_nothing_to_do(self, start: Start) -> None:
        dispatcher = start(FakeAdapter())
        dispatcher.end()
        assert dispatcher.is_alive()
