from __future__ import annotations

from typing import Any

import pytest

from django_activejob.continuations.order import objection_to


def objection(name: str, **facts: Any) -> str | None:
    fresh: dict[str, Any] = {
        "encountered": [],
        "completed": [],
        "current": None,
        "is_running": False,
    }
    return objection_to(name, **(fresh | facts))


class TestSteps:
    def test_any_may_come_first(self) -> None:
        assert objection("load") is None

    def test_a_new_one_may_follow_those_that_are_done(self) -> None:
        assert objection("rows", encountered=["load"], completed=["load"]) is None

    def test_the_current_one_may_come_again(self) -> None:
        facts = {"encountered": ["load"], "completed": ["load"], "current": "rows"}
        assert objection("rows", **facts) is None

    @pytest.mark.line("AJ-108")
    def test_none_may_come_twice(self) -> None:
        told = objection("load", encountered=["load"], completed=["load"])
        assert told == "step 'load' has already been encountered"

    @pytest.mark.line("AJ-109")
    def test_none_may_stand_in_another(self) -> None:
        told = objection("inner", encountered=["outer"], current="outer", is_running=True)
        assert told == "step 'inner' is nested inside step 'outer'"

    @pytest.mark.line("AJ-111")
    def test_only_the_one_that_had_begun_may_go_on(self) -> None:
        told = objection("rows", current="load")
        assert told == "step 'rows' found, expected to resume from 'load'"

    @pytest.mark.line("AJ-112")
    def test_none_may_come_between_those_that_are_done(self) -> None:
        told = objection("new", encountered=["one"], completed=["one", "two"])
        assert told == "step 'new' found, expected to see 'two'"

    def test_those_that_are_done_keep_their_order_while_another_is_current(self) -> None:
        told = objection("two", completed=["one", "two"], current="three")
        assert told == "step 'two' found, expected to see 'one'"
