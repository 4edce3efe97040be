"""What becomes of ticks that were missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from django_activejob.recurring.definition import Definition
from django_activejob.recurring.misfires import MOST_AT_ONCE, Decision, decide

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def decided(*, since: timedelta, after_noon: float = 30.0, **said: Any) -> Decision:
    """The decision of a minutely task; its scheduler comes back half a minute after a tick."""
    definition = Definition(job="shop.ReportJob", **{"every": 60.0, **said})
    now = NOON + timedelta(seconds=after_noon)
    return decide(definition, definition.times(), since=now - since, now=now)


@pytest.mark.line("RQ-156")
class TestPolicies:
    def test_skip_drops_them_and_says_which(self) -> None:
        decision = decided(since=3 * MINUTE, misfire="skip")
        assert decision.run == ()
        assert decision.skipped == (NOON - 2 * MINUTE, NOON)

    def test_run_once_keeps_the_last(self) -> None:
        decision = decided(since=3 * MINUTE, misfire="run_once")
        assert decision.run == (NOON,)
        assert decision.skipped is None

    def test_run_all_keeps_all(self) -> None:
        decision = decided(since=3 * MINUTE, misfire="run_all")
        assert decision.run == (NOON - 2 * MINUTE, NOON - MINUTE, NOON)

    def test_run_all_drops_what_is_older_than_the_grace(self) -> None:
        decision = decided(since=10 * MINUTE, misfire="run_all", grace=120.0)
        assert decision.run == (NOON - MINUTE, NOON)
        assert decision.skipped == (NOON - 9 * MINUTE, NOON - 2 * MINUTE)

    def test_run_once_drops_what_is_older_than_the_grace(self) -> None:
        decision = decided(since=3 * MINUTE, misfire="run_once", grace=10.0)
        assert decision.run == ()
        assert decision.skipped == (NOON - 2 * MINUTE, NOON)

    def test_one_on_time_makes_up_for_those_that_run_once(self) -> None:
        decision = decided(since=3 * MINUTE, after_noon=1.0, misfire="run_once")
        assert decision.run == (NOON,)


class TestTimes:
    @pytest.mark.parametrize("misfire", ["skip", "run_once", "run_all"])
    def test_a_tick_of_a_moment_ago_is_on_time(self, misfire: str) -> None:
        decision = decided(since=30 * timedelta(seconds=1), after_noon=2.0, misfire=misfire)
        assert decision == Decision(until=NOON + timedelta(seconds=2), run=(NOON,))

    @pytest.mark.line("RQ-159")
    def test_nothing_is_early(self) -> None:
        assert decided(since=30 * timedelta(seconds=1), after_noon=-0.001).run == ()

    @pytest.mark.line("RQ-160")
    def test_after_a_long_sleep_few_ticks_come(self) -> None:
        decision = decided(since=timedelta(hours=9), misfire="skip", every=1.0)
        assert len(decision.run) == 5
        assert decision.skipped is not None

    @pytest.mark.line("RQ-160")
    def test_many_are_caught_up_with_piece_by_piece(self) -> None:
        decision = decided(since=timedelta(hours=9), misfire="run_all", every=1.0)
        assert len(decision.run) == MOST_AT_ONCE
        assert decision.until == decision.run[-1]
