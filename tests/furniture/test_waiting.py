from __future__ import annotations

import itertools

import pytest

from tests.waiting import until


class TestUntil:
    def test_returns_the_first_true_answer(self) -> None:
        answers = iter([0, None, "", "here"])

        assert until(lambda: next(answers)) == "here"

    def test_names_the_condition_that_never_came_true(self) -> None:
        def the_moon_is_cheese() -> bool:
            return False

        with pytest.raises(AssertionError, match="the_moon_is_cheese") as raised:
            until(the_moon_is_cheese, within=0.02)

        assert "not true within 0.02 s; last answer: False" in str(raised.value)

    def test_asks_at_least_once(self) -> None:
        assert until(itertools.count(1).__next__, within=0) == 1
