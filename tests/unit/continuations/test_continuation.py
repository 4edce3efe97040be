from __future__ import annotations

import pytest

from django_activejob.continuations.continuation import Continuation
from django_activejob.errors import Interrupt, InvalidStep
from tests.unit.continuations.jobs import LinearJob


@pytest.fixture
def continuation() -> Continuation:
    return LinearJob().continuation


def do(continuation: Continuation, name: str) -> None:
    step = continuation.enter(name, start=None, isolated=False)
    assert step is not None
    with continuation.running(step):
        pass


class TestDescription:
    def test_before_the_first_step(self, continuation: Continuation) -> None:
        assert continuation.description == "not started"

    def test_between_steps(self, continuation: Continuation) -> None:
        do(continuation, "load")
        assert continuation.description == "after 'load'"

    def test_within_a_step(self, continuation: Continuation) -> None:
        do(continuation, "load")
        continuation.enter("rows", start=3, isolated=False)
        assert continuation.description == "at 'rows', cursor '3'"

    @pytest.mark.line("AJ-105")
    def test_an_interrupt_says_it_with_its_reason(self, continuation: Continuation) -> None:
        do(continuation, "load")
        interrupt = continuation.interrupt("deploying")
        assert isinstance(interrupt, Interrupt)
        assert str(interrupt) == "Interrupted after 'load' (deploying)"
        assert interrupt.reason == "deploying"


class TestProgress:
    def test_there_is_none_at_first(self, continuation: Continuation) -> None:
        assert not continuation.has_begun
        assert not continuation.has_advanced

    def test_a_step_done_is_one(self, continuation: Continuation) -> None:
        do(continuation, "load")
        assert continuation.has_begun
        assert continuation.has_advanced

    def test_a_cursor_moved_is_one(self, continuation: Continuation) -> None:
        step = continuation.enter("rows", start=1, isolated=False)
        assert step is not None
        assert not continuation.has_advanced
        step.set(2)
        assert continuation.has_advanced

    def test_what_earlier_executions_did_is_none_of_this_one(self) -> None:
        raw = {"completed": ["load"], "current": ["rows", 3]}
        continuation = Continuation.restored(LinearJob(), raw)
        assert continuation.has_begun
        assert not continuation.has_advanced
        assert continuation.serialize() == raw

    @pytest.mark.line("AJ-109")
    def test_a_step_in_a_step_is_refused(self, continuation: Continuation) -> None:
        outer = continuation.enter("outer", start=None, isolated=False)
        assert outer is not None
        with (
            continuation.running(outer),
            pytest.raises(InvalidStep, match="step 'inner' is nested inside step 'outer'"),
        ):
            continuation.enter("inner", start=None, isolated=False)
