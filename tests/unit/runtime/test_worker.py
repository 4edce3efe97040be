"""Claiming, performing and settling together."""

from __future__ import annotations

import gc
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from unittest.mock import Mock

import pytest

from django_activejob import clock, signals
from django_activejob.contracts import Claim, Execution, Outcome, QueueAdapter, Settlement
from django_activejob.errors import AdapterUnavailable
from django_activejob.runtime import memory
from django_activejob.runtime import worker as worker_module
from django_activejob.runtime.configuration import WorkerPlan
from django_activejob.runtime.started import StartedPage
from django_activejob.runtime.tallying import Tallying
from django_activejob.runtime.worker import Worker
from tests.waiting import until

from .fakes import FakeAdapter, FakeSource, claim

Make = Callable[..., Worker]


class Gate:
    """Stands for the executor: jobs end when it is open."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.open = threading.Event()

    def __call__(self, one: Claim, *, adapter: QueueAdapter) -> Settlement:
        self.begun.append(one.token)
        self.open.wait(10)
        execution = Execution(outcome=Outcome.PERFORMED, started_at=clock.now(), seconds=0.0)
        return Settlement(claim=one, execution=execution)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    monkeypatch.setattr(worker_module, "settlement_of", gate)
    monkeypatch.setattr(worker_module.boundary, "clean_after", lambda one: None)
    yield gate
    gate.open.set()


@pytest.fixture
def page() -> StartedPage:
    return StartedPage(slots=2)


@pytest.fixture
def make(gate: Gate, page: StartedPage) -> Iterator[Make]:
    made: list[Worker] = []

    def make(source: FakeSource, *, may_claim: Callable[[], bool] = lambda: True) -> Worker:
        worker = Worker(
            WorkerPlan(adapter="fake", queues=("default",), threads=2),
            adapter=FakeAdapter(),
            source=source,
            process_id="abc",
            page=page,
            may_claim=may_claim,
            tallying=Tallying(),
        )
        worker.start()
        made.append(worker)
        return worker

    yield make
    gate.open.set()
    for worker in made:
        worker.end()
        worker.join(until=clock.monotonic() + 5)


def five() -> FakeSource:
    return FakeSource(*(claim(str(number)) for number in range(5)))


class TestWorker:
    def test_performs_and_settles_everything(self, make: Make, gate: Gate) -> None:
        gate.open.set()
        source = five()
        worker = make(source)
        until(lambda: len(source.settled) == 5)
        until(lambda: not worker.held())
        assert sorted(source.settled_tokens) == ["0", "1", "2", "3", "4"]

    @pytest.mark.line("RQ-061")
    def test_never_holds_more_than_it_has_threads(self, make: Make, gate: Gate) -> None:
        source = five()
        worker = make(source)
        until(lambda: len(gate.begun) == 2)
        assert sorted(worker.held()) == ["0", "1"]
        assert len(source.ready) == 3

    @pytest.mark.line("RQ-014")
    def test_marks_what_has_started_until_it_is_settled(
        self, make: Make, gate: Gate, page: StartedPage
    ) -> None:
        source = five()
        source.settle_errors.extend(AdapterUnavailable("down") for _ in range(3))
        make(source)
        until(lambda: len(gate.begun) == 2)
        assert sorted(page.tokens() or ()) == ["0", "1"]
        gate.open.set()
        until(lambda: len(source.settled) == 5)
        until(lambda: page.tokens() == ())

    def test_wants_no_claims_while_the_store_takes_no_ends(self, make: Make, gate: Gate) -> None:
        source = FakeSource(claim())
        source.settle_errors.extend(AdapterUnavailable("down") for _ in range(4))
        worker = make(source)
        gate.open.set()
        until(lambda: worker._settling.is_failing)
        assert worker._room() == 0
        until(lambda: source.settled)
        until(lambda: worker._room() == 2)

    @pytest.mark.line("RQ-010")
    def test_claims_nothing_while_it_may_not(self, make: Make, gate: Gate) -> None:
        asked: list[int] = []
        source = five()

        def may_claim() -> bool:
            asked.append(1)
            return False

        make(source, may_claim=may_claim)
        until(lambda: asked)
        assert source.limits == []

    @pytest.mark.line("RQ-023")
    def test_quiet_ends_claiming_and_lets_jobs_end(self, make: Make, gate: Gate) -> None:
        source = five()
        worker = make(source)
        until(lambda: len(gate.begun) == 2)
        worker.quiet()
        assert not worker.is_idle()
        gate.open.set()
        until(worker.is_idle)
        assert len(source.ready) == 3
        assert worker.is_alive()

    def test_a_claim_that_comes_after_quiet_is_released(self, make: Make, gate: Gate) -> None:
        told: list[object] = []

        def receive(**facts: object) -> None:
            told.append(facts["claims"])

        late = claim("late")
        source = FakeSource()
        asked, answer = threading.Event(), threading.Event()

        def claim_slowly(queues: object, *, limit: int) -> list[Claim]:
            asked.set()
            answer.wait(10)
            return [late]

        source.claim = claim_slowly  # type: ignore[method-assign]  # slower than the fake
        signals.released.connect(receive)
        worker = make(source)
        asked.wait(10)
        worker.quiet()
        answer.set()
        until(lambda: source.settled)
        signals.released.disconnect(receive)
        assert source.settled == [Settlement(claim=late, execution=None)]
        assert told == [[late]]
        assert gate.begun == []

    def test_gives_back_what_has_not_begun(self, make: Make, gate: Gate) -> None:
        source = five()
        worker = make(source)
        until(lambda: len(gate.begun) == 2)
        worker._pool.add([claim("waiting")])
        worker.give_back_waiting()
        until(lambda: source.settled_tokens == ["waiting"])
        assert source.settled[0].execution is None

    def test_claims_are_told(self, make: Make, gate: Gate) -> None:
        told: list[object] = []

        def receive(**facts: object) -> None:
            told.append((facts["process_id"], [one.token for one in facts["claims"]]))

        signals.claimed.connect(receive)
        make(five())
        until(lambda: told)
        signals.claimed.disconnect(receive)
        assert told[0] == ("abc", ["0", "1"])

    def test_a_thread_that_dies_makes_it_unhealthy(self, make: Make, gate: Gate) -> None:
        source = five()
        worker = make(source)
        until(lambda: len(gate.begun) == 2)
        source.close = lambda: (_ for _ in ()).throw(RuntimeError("odd"))  # type: ignore[method-assign]  # to end a thread
        worker._settling.end()
        gate.open.set()
        until(lambda: not worker.is_alive())


class TestCutShort:
    def test_fails_what_must_not_run_twice_and_drops_its_late_end(
        self, make: Make, gate: Gate
    ) -> None:
        payment, other = claim("1:1"), claim("2:1")
        assert payment.envelope is not None
        payment = replace(payment, envelope=replace(payment.envelope, on_crash="fail"))
        source = FakeSource(payment, other)
        worker = make(source)
        until(lambda: len(gate.begun) == 2)
        assert list(worker.cut_short()) == ["1:1"]
        until(lambda: source.settled_tokens == ["1:1"])
        gate.open.set()
        until(lambda: source.settled_tokens == ["1:1", "2:1"])
        outcomes = [one.execution.outcome for one in source.settled if one.execution]
        assert outcomes == [Outcome.FAILED, Outcome.PERFORMED]
        assert worker.held() == []


class TestClaimingAhead:
    def test_goes_to_the_store_for_half_of_what_may_wait_at_least(
        self, make: Make, gate: Gate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(worker_module, "Allowance", lambda: Mock(surplus=10, useful_threads=2))
        source = FakeSource(*(claim(f"{number}:1") for number in range(200)))
        gate.open.set()
        make(source)
        until(lambda: len(source.settled) == 200)
        assert min(source.limits) >= 5
        assert max(source.limits) <= 12

    def test_what_has_not_begun_in_time_goes_back(
        self, make: Make, gate: Gate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(worker_module, "Allowance", lambda: Mock(surplus=3, useful_threads=2))
        source = five()
        worker = make(source)
        until(lambda: len(source.settled) == 3)
        assert all(one.execution is None for one in source.settled)
        assert len(gate.begun) == 2
        assert len(worker.held()) == 2

    @pytest.mark.line("RQ-061")
    def test_what_must_not_run_twice_is_never_held_back(
        self, make: Make, gate: Gate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(worker_module, "Allowance", lambda: Mock(surplus=3, useful_threads=2))
        monkeypatch.setattr(worker_module, "LONGEST_WAIT", 60.0)
        payment = claim("9:1")
        assert payment.envelope is not None
        payment = replace(payment, envelope=replace(payment.envelope, on_crash="fail"))
        source = FakeSource(claim("1:1"), claim("2:1"), claim("3:1"), payment)
        make(source)
        until(lambda: source.settled_tokens == ["9:1"])
        assert source.settled[0].execution is None


class EndlessSource(FakeSource):
    """Hands out so many claims, and remembers none of them."""

    def __init__(self, *, most: int) -> None:
        super().__init__()
        self.left = most
        self.ended = 0

    def claim(self, queues: Sequence[str], *, limit: int) -> Sequence[Claim]:
        number = min(limit, self.left)
        self.left -= number
        return [claim(f"{self.left}:{index}") for index in range(number)]

    def settle(self, settlements: Sequence[Settlement]) -> Sequence[str]:
        self.ended += len(settlements)
        return ()


class TestMemory:
    @pytest.mark.line("RQ-200")
    def test_it_stays_the_same_over_a_hundred_thousand_jobs(self, make: Make, gate: Gate) -> None:
        gate.open.set()
        gate.begun = deque(maxlen=1)  # type: ignore[assignment]  # it is to remember nothing
        source = EndlessSource(most=120_000)
        worker = make(source)
        until(lambda: source.ended > 20_000)
        gc.collect()
        before = memory.resident()
        until(lambda: source.ended == 120_000, within=120)
        until(lambda: not worker.held())
        gc.collect()
        assert memory.resident() - before < 5 * memory.MEGABYTE


@pytest.mark.line("DB-064")
class TestCancelling:
    def test_gives_back_what_waits_in_line(self, make: Make, gate: Gate) -> None:
        source = FakeSource()
        worker = make(source)
        worker._accept([claim("0"), claim("1")])
        until(lambda: len(gate.begun) == 2)
        worker._accept([claim("2")])
        worker.cancel("2")
        until(lambda: source.settled_tokens == ["2"])
        assert source.settled[0].execution is None
        assert gate.begun == ["0", "1"]

    def test_tells_what_runs_and_leaves_it_running(self, make: Make, gate: Gate) -> None:
        source = FakeSource(claim("0"))
        worker = make(source)
        until(lambda: gate.begun)
        worker.cancel("0")
        worker.cancel("0")
        assert worker.cancellations.is_asked("0")
        assert list(worker.held()) == ["0"]
        gate.open.set()
        until(lambda: source.settled)
        assert [one.execution is None for one in source.settled] == [False]

    def test_forgets_it_with_the_end_of_the_claim(self, make: Make, gate: Gate) -> None:
        source = FakeSource(claim("0"))
        worker = make(source)
        until(lambda: gate.begun)
        worker.cancel("0")
        gate.open.set()
        until(lambda: not worker.held())
        assert not worker.cancellations.is_asked("0")

    def test_does_not_mind_a_claim_that_it_does_not_know(self, make: Make, gate: Gate) -> None:
        worker = make(FakeSource())
        worker.cancel("0")
        assert not worker.cancellations.is_asked("0")

    def test_does_not_begin_what_was_cancelled_on_its_way(self, make: Make, gate: Gate) -> None:
        source = FakeSource()
        worker = make(source)
        one = claim("0")
        worker.cancellations.ask(one)
        worker._accept([one])
        until(lambda: source.settled_tokens == ["0"])
        assert source.settled[0].execution is None
        assert gate.begun == []
