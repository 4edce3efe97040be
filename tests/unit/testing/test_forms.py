from __future__ import annotations

import _thread
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from django_activejob.testing.forms import TwoForms, two_forms
from tests.waiting import until


class Recording:
    def at_once(self) -> str:
        return "plain"

    @contextmanager
    def around(self) -> Iterator[str]:
        yield "block"


class Asked:
    @two_forms
    def helper(self, *values: int) -> TwoForms:
        """What it says."""
        return Recording()

    def passed_on(self) -> Any:
        return self.helper()

    def passed_on_twice(self) -> Any:
        return self.passed_on()

    def kept(self) -> Any:
        answer = self.helper()
        return answer  # what is kept first is not passed on


class Overriding(Asked):
    def helper(self, *values: int) -> Any:
        return super().helper(*values)


@pytest.fixture(params=[Asked, Overriding])
def asked(request: pytest.FixtureRequest) -> Asked:
    made: Asked = request.param()
    return made


class TestBlocks:
    def test_directly_behind_with(self, asked: Asked) -> None:
        with asked.helper() as form:
            assert form == "block"
        with asked.helper():
            pass

    def test_several_of_them(self, asked: Asked) -> None:
        with asked.helper(1) as first, asked.helper(2, *[3], **{}) as second:
            assert (first, second) == ("block", "block")

    def test_returned_by_other_functions(self, asked: Asked) -> None:
        with asked.passed_on() as form:
            assert form == "block"
        with asked.passed_on_twice() as form:
            assert form == "block"
        with (lambda: asked.helper())() as form:
            assert form == "block"

    def test_in_a_generator_and_a_coroutine(self, asked: Asked) -> None:
        def generate() -> Iterator[str]:
            with asked.helper() as form:
                yield form

        async def wait() -> Any:
            with asked.helper() as form:
                return form

        assert list(generate()) == ["block"]
        with pytest.raises(StopIteration, match="block"):
            wait().send(None)


class TestPlainCalls:
    def test_as_a_statement_or_a_value(self, asked: Asked) -> None:
        form = asked.helper()
        assert form == "plain"
        assert [asked.helper(), asked.passed_on()] == ["plain", "plain"]
        assert asked.kept() == "plain"

    def test_within_a_block_of_something_else(self, asked: Asked) -> None:
        with ExitStack() as stack:
            assert asked.helper() == "plain"
            stack.callback(asked.helper)

    def test_to_enter_one_later_fails(self, asked: Asked) -> None:
        form = asked.helper()
        with pytest.raises(TypeError, match="context manager"), form:
            pass
        with ExitStack() as stack, pytest.raises(TypeError, match="context manager"):
            stack.enter_context(asked.helper())

    def test_at_the_bottom_of_a_thread(self) -> None:
        answers: list[str] = []

        class Noting(Recording):
            def at_once(self) -> str:
                answers.append("plain")
                return "plain"

        class Bottom:
            helper = two_forms(lambda self: Noting())

            def passed_on(self) -> Any:
                return self.helper()

        _thread.start_new_thread(Bottom().passed_on, ())
        assert until(lambda: answers) == ["plain"]

    def test_called_by_others(self, asked: Asked) -> None:
        assert list(map(asked.helper, [1, 2])) == ["plain", "plain"]


class TestNames:
    def test_a_helper_keeps_its_name_and_docstring(self) -> None:
        assert (Asked.helper.__name__, Asked.helper.__doc__) == ("helper", "What it says.")
