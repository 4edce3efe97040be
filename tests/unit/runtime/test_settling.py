"""Writing the ends of claims."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from django_activejob.contracts import Outcome, Settlement
from django_activejob.errors import AdapterUnavailable
from django_activejob.runtime.settling import Settling
from tests.waiting import until

from .fakes import FakeSource, claim, settlement

Start = Callable[..., Settling]


@pytest.fixture
def source() -> FakeSource:
    return FakeSource()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def start(source: FakeSource, told: list[str]) -> Iterator[Start]:
    begun: list[Settling] = []

    def note(settlements: Sequence[Settlement]) -> None:
        told.extend(one.claim.token for one in settlements)

    def start(*settlements: Settlement, is_idle: bool = True) -> Settling:
        settling = Settling(source, is_idle=lambda: is_idle, when_settled=note)
        settling.add(settlements)
        settling.start()
        begun.append(settling)
        return settling

    yield start
    for settling in begun:
        settling.end()
        until(lambda settling=settling: not settling.is_alive())


class TestSettling:
    def test_writes_what_it_is_given_and_tells(
        self, start: Start, source: FakeSource, told: list[str]
    ) -> None:
        start(settlement("1"), settlement("2"))
        until(lambda: told)
        assert source.settled_tokens == ["1", "2"] == told

    def test_writes_two_hundred_at_a_time_at_most(
        self, start: Start, source: FakeSource, told: list[str]
    ) -> None:
        start(*(settlement(str(number)) for number in range(450)))
        until(lambda: len(told) == 450)
        assert [len(batch) for batch in source.batches] == [200, 200, 50]

    def test_writes_soon_even_while_others_run(self, start: Start, told: list[str]) -> None:
        start(settlement("1"), is_idle=False)
        until(lambda: told == ["1"])

    @pytest.mark.line("RQ-042")
    def test_keeps_what_the_store_cannot_take_and_tries_again(
        self, start: Start, source: FakeSource, told: list[str]
    ) -> None:
        source.settle_errors.extend(AdapterUnavailable("down") for _ in range(3))
        settling = start(settlement("1"))
        until(lambda: settling.is_failing)
        until(lambda: told == ["1"])
        until(lambda: not settling.is_failing)
        assert source.settled_tokens == ["1"]

    @pytest.mark.line("RQ-055")
    def test_a_passing_error_of_any_kind_changes_no_outcome(
        self, start: Start, source: FakeSource, told: list[str]
    ) -> None:
        source.settle_errors.extend(ValueError("deadlock") for _ in range(3))
        start(settlement("1"))
        until(lambda: told == ["1"])
        assert source.settled[0].execution.outcome is Outcome.PERFORMED

    @pytest.mark.line("RQ-109")
    def test_an_end_that_is_refused_again_and_again_is_written_as_a_plain_failure(
        self, start: Start, source: FakeSource, told: list[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        source.refused = {"2"}
        start(settlement("1"), settlement("2"), settlement("3"))
        until(lambda: len(told) == 3)
        assert told == ["1", "3", "2"]
        last = source.settled[-1].execution
        assert last.outcome is Outcome.FAILED
        assert last.error.message == "The job performed, but the store refused to record that."
        assert "Claim 2: its end (performed) cannot be recorded" in caplog.text

    def test_a_release_that_is_refused_stays_a_release(
        self, start: Start, source: FakeSource, told: list[str]
    ) -> None:
        source.settle_errors.extend(ValueError("odd") for _ in range(6))
        start(Settlement(claim=claim("1"), execution=None))
        until(lambda: told == ["1"])
        assert source.settled[0].execution is None

    def test_lost_claims_are_logged_and_let_go(
        self, start: Start, source: FakeSource, told: list[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        source.lost = ["1"]
        start(settlement("1"))
        until(lambda: told == ["1"])
        assert "settled by others before we could" in caplog.text

    def test_ends_when_its_line_is_empty(self, start: Start, source: FakeSource) -> None:
        settling = start(settlement("1"))
        settling.end()
        until(lambda settling=settling: not settling.is_alive())
        assert source.settled_tokens == ["1"]
        assert source.closings == 1

    def test_its_end_waits_for_no_store_that_is_down(
        self, start: Start, source: FakeSource
    ) -> None:
        source.settle_errors.extend(AdapterUnavailable("down") for _ in range(100))
        settling = start(settlement("1"))
        until(lambda: settling.is_failing)
        settling.end()
        until(lambda: not settling.is_alive())
