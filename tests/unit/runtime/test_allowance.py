"""Claiming ahead, while jobs are short."""

from __future__ import annotations

import sys

import pytest

from django_activejob.runtime.allowance import Allowance

ALL = sys.maxsize


def after(*jobs: tuple[int, float]) -> int:
    return allowance_after(*jobs).surplus


def allowance_after(*jobs: tuple[int, float]) -> Allowance:
    allowance = Allowance()
    for number, seconds in jobs:
        for _ in range(number):
            allowance.note(seconds)
    return allowance


class TestAllowance:
    @pytest.mark.parametrize(
        ("seconds", "surplus"), [(0.0, 200), (0.0001, 200), (0.0005, 40), (0.001, 0), (1.0, 0)]
    )
    def test_it_is_what_twenty_milliseconds_can_run(self, seconds: float, surplus: int) -> None:
        assert after((100, seconds)) == surplus

    def test_there_is_none_before_enough_is_known(self) -> None:
        assert after((24, 0.0001)) == 0

    @pytest.mark.line("RQ-061")
    def test_a_long_job_ends_it_at_once(self) -> None:
        assert after((100, 0.0001), (1, 5.0)) == 0

    def test_it_comes_back_when_jobs_are_short_again(self) -> None:
        assert after((100, 0.0001), (1, 5.0), (125, 0.0001)) == 200


class TestUsefulThreads:
    @pytest.mark.parametrize(
        ("seconds", "threads"), [(0.0, 1), (0.0001, 1), (0.0005, 3), (0.001, ALL), (1.0, ALL)]
    )
    def test_the_shorter_jobs_are_the_fewer(self, seconds: float, threads: int) -> None:
        assert allowance_after((100, seconds)).useful_threads == threads

    def test_all_are_before_enough_is_known(self) -> None:
        assert allowance_after((24, 0.0001)).useful_threads == ALL

    def test_all_are_after_a_long_job(self) -> None:
        assert allowance_after((100, 0.0001), (1, 5.0)).useful_threads == ALL
