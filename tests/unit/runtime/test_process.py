"""A child's life, lived by the main thread of the tests."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from django_activejob import handler
from django_activejob.contracts import Chore, Command
from django_activejob.errors import AdapterUnavailable, ProcessPruned
from django_activejob.runtime import process as process_module
from django_activejob.runtime.birth import Birth, Exit
from django_activejob.runtime.configuration import ProcessPlan, Timing, WorkerPlan
from django_activejob.runtime.dispatcher import Dispatcher
from django_activejob.runtime.heartbeat import Death
from django_activejob.runtime.os_signals import SignalInbox
from django_activejob.runtime.process import Process
from django_activejob.runtime.started import StartedPage
from tests.waiting import until

from .fakes import FakeAdapter, FakeRegistry, FakeSource, claim

TIMING = Timing(
    shutdown_timeout=0.3,
    beat_interval=0.02,
    self_fence_after=0.3,
    dead_after=0.6,
    maintenance_interval=60,
)
WORKER = ProcessPlan(
    name="worker-1",
    worker=WorkerPlan(adapter="fake", queues=("default",), threads=2),
    chores_for=("fake",),
    timing=TIMING,
)
DISPATCHER = replace(WORKER, name="dispatcher", worker=None)

Live = Callable[..., Exit]


@pytest.fixture
def registry() -> FakeRegistry:
    return FakeRegistry()


@pytest.fixture
def chores() -> list[Chore]:
    return []


@pytest.fixture
def adapter(
    registry: FakeRegistry, chores: list[Chore], monkeypatch: pytest.MonkeyPatch
) -> FakeAdapter:
    adapter = FakeAdapter(source=FakeSource(), registry=registry, chores=chores)
    monkeypatch.setattr(handler, "adapter", lambda alias: adapter)
    monkeypatch.setattr(process_module, "_TICK", 0.02)
    return adapter


@pytest.fixture
def news() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    yield reading, writing
    os.close(reading)
    os.close(writing)


@pytest.fixture
def live(adapter: FakeAdapter, news: tuple[int, int]) -> Live:
    def live(
        plan: ProcessPlan = WORKER,
        *,
        meanwhile: Callable[[], object] = lambda: None,
        supervisor_pid: int | None = None,
    ) -> Exit:
        birth = Birth(
            process_id="abc",
            supervisor_pid=supervisor_pid or os.getppid(),
            news=news[1],
            page=StartedPage(slots=2),
            predecessors=(Death(process_id="old", reason="killed by SIGKILL", started=()),),
        )
        inbox = SignalInbox()
        other = threading.Thread(target=meanwhile)
        other.start()
        try:
            return Process(plan, birth, inbox=inbox).run()
        finally:
            other.join()
            inbox.close()

    return live


def after_beats(registry: FakeRegistry, do: Callable[[], object]) -> Callable[[], None]:
    """What another thread does once the process works."""

    def act() -> None:
        until(lambda: len(registry.named("beat")) > 1)
        do()

    return act


def kill_self(number: signal.Signals) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


class TestLife:
    @pytest.mark.parametrize(
        "number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT]
    )
    @pytest.mark.line("RQ-034")
    def test_it_buries_registers_beats_and_deregisters(
        self, live: Live, registry: FakeRegistry, news: tuple[int, int], number: signal.Signals
    ) -> None:
        assert live(meanwhile=after_beats(registry, kill_self(number))) is Exit.IN_ORDER
        assert [call[0] for call in registry.calls[:2]] == ["bury", "register"]
        assert registry.calls[-1][0] == "deregister"
        assert b"!" in os.read(news[0], 100)

    def test_its_record_says_what_it_does(self, live: Live, registry: FakeRegistry) -> None:
        live(meanwhile=after_beats(registry, kill_self(signal.SIGTERM)))
        record = registry.named("register")[0][1]
        assert (record.id, record.kind, record.pid) == ("abc", "worker", os.getpid())
        assert record.metadata == {
            "name": "worker-1",
            "supervisor_pid": os.getppid(),
            "duties": ["worker", "dispatcher"],
            "queues": ["default"],
            "threads": 2,
        }

    def test_it_runs_chores_once_registered(
        self, live: Live, registry: FakeRegistry, chores: list[Chore]
    ) -> None:
        runs: list[int] = []
        chores.append(Chore(name="dispatch", every=60, run=lambda: runs.append(1) or 0))
        registry.fail("register", AdapterUnavailable("down"))

        def act() -> None:
            until(lambda: runs)
            os.kill(os.getpid(), signal.SIGTERM)

        assert live(DISPATCHER, meanwhile=act) is Exit.IN_ORDER
        assert registry.named("register")[0][1].kind == "dispatcher"

    @pytest.mark.line("RQ-033")
    def test_an_operator_can_quiet_and_stop_it(
        self, live: Live, registry: FakeRegistry, adapter: FakeAdapter
    ) -> None:
        def act() -> None:
            registry.commands = [Command(action="quiet"), Command(action="cancel", token="1:1")]
            source = adapter.source("abc")
            until(lambda: source.closings)
            until(lambda: registry.metadata and registry.metadata["quiet"])
            registry.commands = [Command(action="stop")]

        assert live(meanwhile=after_beats(registry, act)) is Exit.STOPPED
        assert registry.calls[-1][0] == "deregister"

    def test_quiet_by_signal_keeps_it_alive(
        self, live: Live, registry: FakeRegistry, adapter: FakeAdapter
    ) -> None:
        def act() -> None:
            os.kill(os.getpid(), signal.SIGTSTP)
            until(lambda: adapter.source("abc").closings)
            beats = len(registry.named("beat"))
            until(lambda: len(registry.named("beat")) > beats + 2)
            os.kill(os.getpid(), signal.SIGTERM)

        assert live(meanwhile=after_beats(registry, act)) is Exit.IN_ORDER


class TestMishaps:
    @pytest.mark.line("RQ-004")
    def test_it_leaves_when_its_supervisor_is_gone(
        self, live: Live, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("INFO", logger="django_activejob")
        assert live(supervisor_pid=1 << 22) is Exit.IN_ORDER
        assert "worker-1 stops: its supervisor is gone." in caplog.messages

    @pytest.mark.line("RQ-011")
    def test_it_leaves_to_be_replaced_when_others_have_given_it_up(
        self, live: Live, registry: FakeRegistry
    ) -> None:
        registry.fail("beat", ProcessPruned("gone"))
        assert live() is Exit.GIVEN_UP

    def test_it_leaves_when_it_learns_of_that_by_claiming(
        self, live: Live, adapter: FakeAdapter
    ) -> None:
        adapter.source("abc").claim_errors.append(ProcessPruned("gone"))
        assert live() is Exit.GIVEN_UP

    @pytest.mark.line("RQ-010")
    def test_it_fences_itself_and_then_leaves_when_it_cannot_beat(
        self, live: Live, registry: FakeRegistry, caplog: pytest.LogCaptureFixture
    ) -> None:
        registry.fail("beat", *(AdapterUnavailable("down") for _ in range(1000)))
        assert live() is Exit.GIVEN_UP
        assert "it claims no more jobs" in caplog.text

    @pytest.mark.line("RQ-010")
    def test_it_claims_again_when_beats_come_through_in_time(
        self, live: Live, registry: FakeRegistry, caplog: pytest.LogCaptureFixture
    ) -> None:
        def act() -> None:
            registry.fail("beat", *(AdapterUnavailable("down") for _ in range(1000)))
            until(lambda: "it claims no more jobs" in caplog.text)
            registry.fail("beat")
            until(lambda: "it claims jobs again" in caplog.text)
            os.kill(os.getpid(), signal.SIGTERM)

        assert live(meanwhile=after_beats(registry, act)) is Exit.IN_ORDER

    @pytest.mark.parametrize(("on_crash", "leaves"), [("fail", False), ("retry", True)])
    def test_it_does_not_give_back_what_must_not_run_again_and_could_not_be_settled(
        self,
        live: Live,
        registry: FakeRegistry,
        adapter: FakeAdapter,
        on_crash: str,
        leaves: bool,
    ) -> None:
        source = adapter.source("abc")
        source.settle_errors.extend(AdapterUnavailable("down") for _ in range(10_000))

        def act() -> None:
            source.ready.append(claim(on_crash=on_crash))
            until(lambda: len(source.settle_errors) < 10_000)
            os.kill(os.getpid(), signal.SIGTERM)

        status = live(meanwhile=after_beats(registry, act))
        assert bool(registry.named("deregister")) is leaves
        assert status is (Exit.IN_ORDER if leaves else Exit.GIVEN_UP)

    def test_a_store_that_refuses_it_is_reported(
        self, live: Live, registry: FakeRegistry, caplog: pytest.LogCaptureFixture
    ) -> None:
        registry.fail("register", LookupError("no such table"))
        assert live() is Exit.BROKEN
        assert "worker-1 cannot start." in caplog.messages
        assert "no such table" in caplog.text

    @pytest.mark.line("RQ-199")
    def test_it_leaves_when_one_of_its_threads_has_died(
        self, live: Live, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def die(*_: object) -> None:
            raise RuntimeError("a bug of ours")

        monkeypatch.setattr(Dispatcher, "_take", die)
        assert live() is Exit.BROKEN
        assert "The thread dispatcher has died." in caplog.messages
