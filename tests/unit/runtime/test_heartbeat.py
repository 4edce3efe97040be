"""A process's place in the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from django_activejob import clock, signals
from django_activejob.contracts import Buried, Command, ProcessRecord
from django_activejob.errors import AdapterUnavailable, ProcessPruned
from django_activejob.runtime.heartbeat import Death, Heartbeat
from tests.waiting import until

from .fakes import FakeAdapter, FakeRegistry, settlement

RECORD = ProcessRecord(id="abc", kind="worker", hostname="here", pid=1, metadata={"threads": 5})
DEATH = Death(process_id="old", reason="killed by SIGKILL", started=("1:1",))

Start = Callable[..., Heartbeat]


@pytest.fixture
def registry() -> FakeRegistry:
    return FakeRegistry()


@pytest.fixture
def obeyed() -> list[Command]:
    return []


@pytest.fixture
def start(registry: FakeRegistry, obeyed: list[Command]) -> Iterator[Start]:
    begun: list[Heartbeat] = []

    def start(*predecessors: Death, interval: float = 0.01) -> Heartbeat:
        heartbeat = Heartbeat(
            FakeAdapter(registry=registry),
            RECORD,
            interval=interval,
            predecessors=predecessors,
            held=lambda: ["5:1"],
            vitals=lambda: {"busy": 1},
            obey=obeyed.append,
            when_news=lambda: None,
        )
        heartbeat.start()
        begun.append(heartbeat)
        return heartbeat

    yield start
    for heartbeat in begun:
        heartbeat.end()
        heartbeat.join(until=clock.monotonic() + 5)


class TestRegistering:
    def test_registers_and_then_beats_with_what_it_holds(
        self, start: Start, registry: FakeRegistry
    ) -> None:
        heartbeat = start()
        until(lambda: len(registry.named("beat")) > 2)
        assert registry.calls[0] == ("register", RECORD)
        assert registry.named("beat")[0] == ("beat", "abc", ["5:1"])
        assert heartbeat.is_registered

    def test_waits_for_a_store_that_is_down(self, start: Start, registry: FakeRegistry) -> None:
        registry.fail("register", AdapterUnavailable("down"), AdapterUnavailable("down"))
        heartbeat = start()
        until(lambda: heartbeat.is_registered)
        assert len(registry.named("register")) == 3

    def test_any_other_error_is_kept_for_the_process_to_see(
        self, start: Start, registry: FakeRegistry
    ) -> None:
        error = LookupError("no such table")
        registry.fail("register", error)
        heartbeat = start()
        until(lambda: heartbeat.failure)
        assert heartbeat.failure is error
        assert not heartbeat.is_registered

    def test_its_start_is_told(self, start: Start) -> None:
        told: list[object] = []

        def receive(**facts: object) -> None:
            told.append(facts["process"])

        signals.process_started.connect(receive)
        start()
        until(lambda: told)
        signals.process_started.disconnect(receive)
        assert told == [RECORD]


class TestBurying:
    @pytest.mark.line("RQ-002")
    def test_the_predecessor_is_buried_before_anything_else(
        self, start: Start, registry: FakeRegistry
    ) -> None:
        start(DEATH)
        until(lambda: registry.named("register"))
        assert [call[0] for call in registry.calls[:2]] == ["bury", "register"]
        assert registry.calls[0] == ("bury", "old", "killed by SIGKILL", ("1:1",))

    @pytest.mark.line("RQ-003")
    def test_a_burial_that_fails_does_not_keep_the_process_from_working(
        self, start: Start, registry: FakeRegistry, caplog: pytest.LogCaptureFixture
    ) -> None:
        registry.fail("bury", ValueError("odd"))
        heartbeat = start(DEATH)
        until(lambda: heartbeat.is_registered)
        assert "What process old held could not be settled." in caplog.text

    def test_a_burial_waits_for_a_store_that_is_down(
        self, start: Start, registry: FakeRegistry
    ) -> None:
        registry.fail("bury", AdapterUnavailable("down"))
        heartbeat = start(DEATH)
        until(lambda: heartbeat.is_registered)
        assert len(registry.named("bury")) == 2

    def test_what_became_of_the_claims_is_told(self, start: Start, registry: FakeRegistry) -> None:
        told: list[object] = []

        def receive(**facts: object) -> None:
            told.append(facts["buried"])

        registry.buried = [Buried(token="1:1", envelope=None, fate="retried")]
        signals.process_pruned.connect(receive)
        heartbeat = start(DEATH)
        until(lambda: heartbeat.is_registered)
        signals.process_pruned.disconnect(receive)
        assert told == [registry.buried]


class TestBeating:
    @pytest.mark.line("RQ-043")
    def test_goes_on_through_errors(self, start: Start, registry: FakeRegistry) -> None:
        registry.fail("beat", AdapterUnavailable("down"), ValueError("odd"))
        heartbeat = start()
        until(lambda: len(registry.named("beat")) > 3)
        assert heartbeat.is_alive()

    @pytest.mark.line("RQ-010")
    def test_silence_grows_while_beats_fail_and_ends_with_a_success(
        self, start: Start, registry: FakeRegistry
    ) -> None:
        registry.fail("beat", *(AdapterUnavailable("down") for _ in range(20)))
        heartbeat = start()
        until(lambda: heartbeat.silence() > 0.08)
        until(lambda: heartbeat.silence() < 0.05)

    def test_there_is_no_silence_before_it_is_registered(
        self, start: Start, registry: FakeRegistry
    ) -> None:
        registry.fail("register", *(AdapterUnavailable("down") for _ in range(9)))
        assert start().silence() == 0.0

    @pytest.mark.line("RQ-011")
    def test_notices_that_others_have_given_it_up(
        self, start: Start, registry: FakeRegistry
    ) -> None:
        registry.fail("beat", ProcessPruned("gone"))
        heartbeat = start()
        until(lambda: heartbeat.is_pruned)
        heartbeat.join(until=clock.monotonic() + 5)
        assert heartbeat.is_alive()
        assert registry.named("deregister") == []

    @pytest.mark.line("DB-086", "DB-087")
    def test_tells_how_the_process_is(self, start: Start, registry: FakeRegistry) -> None:
        start()
        until(lambda: registry.named("beat"))
        assert registry.metadata == {"threads": 5, "busy": 1}

    def test_hands_on_commands(
        self, start: Start, registry: FakeRegistry, obeyed: list[Command]
    ) -> None:
        registry.commands = [Command(action="quiet"), Command(action="stop")]
        start()
        until(lambda: len(obeyed) == 2)
        assert [command.action for command in obeyed] == ["quiet", "stop"]


class TestLeaving:
    def test_deregisters_at_the_end(self, start: Start, registry: FakeRegistry) -> None:
        heartbeat = start(interval=60)
        until(lambda: heartbeat.is_registered)
        heartbeat.end()
        until(lambda: registry.named("deregister"))
        assert registry.calls[-1] == ("deregister", "abc")

    def test_a_store_that_is_down_is_logged_and_left(
        self, start: Start, registry: FakeRegistry, caplog: pytest.LogCaptureFixture
    ) -> None:
        registry.fail("deregister", AdapterUnavailable("down"))
        heartbeat = start()
        until(lambda: heartbeat.is_registered)
        heartbeat.end()
        heartbeat.join(until=clock.monotonic() + 5)
        assert "The process could not be deregistered" in caplog.text

    def test_what_never_registered_does_not_deregister(
        self, start: Start, registry: FakeRegistry
    ) -> None:
        registry.fail("register", *(AdapterUnavailable("down") for _ in range(99)))
        heartbeat = start()
        until(lambda: registry.named("register"))
        heartbeat.end()
        heartbeat.join(until=clock.monotonic() + 5)
        assert registry.named("deregister") == []


class TestTallies:
    def test_go_with_the_next_beat(self, start: Start, registry: FakeRegistry) -> None:
        heartbeat = start()

        heartbeat.tallying.note([settlement()])

        until(lambda: [tally.performed for tally in registry.tallies] == [1])

    def test_that_no_store_took_go_with_a_later_one(
        self, start: Start, registry: FakeRegistry
    ) -> None:
        registry.fail("beat", AdapterUnavailable("away"), AdapterUnavailable("away"))
        heartbeat = start()

        heartbeat.tallying.note([settlement()])

        until(lambda: [tally.performed for tally in registry.tallies] == [1])

    def test_go_before_the_process_leaves(self, start: Start, registry: FakeRegistry) -> None:
        heartbeat = start(interval=60.0)
        until(lambda: heartbeat.is_registered)
        heartbeat.tallying.note([settlement()])

        heartbeat.end()
        heartbeat.join(until=clock.monotonic() + 5)

        assert [tally.performed for tally in registry.tallies] == [1]
        assert registry.calls[-1][0] == "deregister"
