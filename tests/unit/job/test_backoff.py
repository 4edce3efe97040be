from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from django_activejob.errors import ConfigurationError
from django_activejob.job import backoff


def seconds(wait: Any, count: int = 1, jitter: float = 0.0, error: Any = None) -> float:
    return backoff.seconds_before_retry(
        wait, count=count, error=error or ValueError(), jitter=jitter
    )


@pytest.fixture
def chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.random", lambda: 1.0)


class TestSecondsBeforeRetry:
    @pytest.mark.line("AJ-149", "AJ-150")
    @pytest.mark.parametrize(
        ("wait", "expected"), [(3, 3.0), (4.5, 4.5), (timedelta(hours=1), 3600.0), (0, 0.0)]
    )
    def test_a_fixed_wait_is_that_wait(self, wait: Any, expected: float) -> None:
        assert seconds(wait) == expected

    @pytest.mark.line("AJ-151")
    def test_polynomially_longer_grows_with_the_fourth_power(self) -> None:
        waits = [seconds("polynomially_longer", count) for count in range(1, 11)]
        assert waits == [3, 18, 83, 258, 627, 1298, 2403, 4098, 6563, 10002]

    @pytest.mark.line("AJ-152")
    @pytest.mark.usefixtures("chance")
    def test_jitter_applies_to_the_power_alone(self) -> None:
        waits = [seconds("polynomially_longer", count, jitter=4.0) for count in range(1, 5)]
        assert waits == [7, 82, 407, 1282]

    @pytest.mark.line("AJ-153", "AJ-155")
    @pytest.mark.usefixtures("chance")
    def test_jitter_lengthens_a_fixed_wait_or_shortens_it_when_negative(self) -> None:
        assert seconds(10, jitter=0.6) == 16.0
        assert seconds(10, jitter=-0.5) == 5.0

    @pytest.mark.line("AJ-158", "AJ-159")
    @pytest.mark.usefixtures("chance")
    def test_a_callable_is_given_the_count_and_gets_no_jitter(self) -> None:
        assert [seconds(lambda n: n * 2, n, jitter=9.0) for n in (1, 2)] == [2.0, 4.0]
        assert seconds(lambda n=5: n * 2, 1) == 2.0

    @pytest.mark.line("AJ-160")
    def test_a_callable_with_two_parameters_is_given_the_error_too(self) -> None:
        error = ValueError("seven")
        assert seconds(lambda n, e: n + len(str(e)), 2, error=error) == 7.0
        assert seconds(lambda n, *rest: len(rest), error=error) == 1.0

    def test_a_callable_may_give_a_timedelta(self) -> None:
        assert seconds(lambda n: timedelta(minutes=n), 2) == 120.0

    @pytest.mark.line("RQ-128")
    def test_no_wait_is_longer_than_ten_years(self) -> None:
        assert seconds("polynomially_longer", 10_000) == backoff.LONGEST


class TestChecked:
    @pytest.mark.line("AJ-177")
    @pytest.mark.parametrize(
        "wait", [1, 1.5, timedelta(seconds=1), "polynomially_longer", lambda n: n]
    )
    def test_waits_are_accepted(self, wait: Any) -> None:
        assert backoff.checked(wait) is wait

    @pytest.mark.line("AJ-176")
    @pytest.mark.parametrize("wait", ["5", "exponentially_longer", None, True, object()])
    def test_anything_else_is_refused_with_the_choices(self, wait: Any) -> None:
        with pytest.raises(
            ConfigurationError, match=r"this is no wait\. Give seconds, a timedelta"
        ):
            backoff.checked(wait)
