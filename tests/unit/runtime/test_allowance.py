"""Claiming ahead, while jobs are short."""

from __future__ import annotations

import pytest

from django_activejob.runtime.allowance import Allowance


def after(*jobs: tuple[int, float]) -> int:
    allowance = Allowance()
    for number, seconds in jobs:
        for _ in range(number):
            allowance.note(seconds)
    return allowance.surplus


class TestAllowance:
    @pytest.mark.parametrize(
        ("seconds", "surplus"), [(0.0, 100), (0.0001, 100), (0.0005, 20), (0.001, 0), (1.0, 0)]
    )
    def test_it_is_what_ten_milliseconds_can_run(self, seconds: float, surplus: int) -> None:
        assert after((100, seconds)) == surplus

    def test_there_is_none_before_enough_is_known(self) -> None:
        assert after((99, 0.0001)) == 0

    @pytest.mark.line("RQ-061")
    def test_a_long_job_ends_it_at_once(self) -> None:
        assert after((100, 0.0001), (1, 5.0)) == 0

    def test_it_comes_back_when_jobs_are_short_again(self) -> None:
        assert after((100, 0.0001), (1, 5.0), (125, 0.0001)) == 100
