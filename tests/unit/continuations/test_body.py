from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from django_activejob import ActiveJob
from django_activejob.continuations import Continuable, Step
from django_activejob.errors import InvalidStep
from tests.jobs import buffer
from tests.unit.continuations.jobs import LinearJob


class FormsJob(Continuable, ActiveJob):
    def perform(self, form: str) -> None:
        getattr(self, form)()

    def method(self) -> None:
        self.step(self.load)

    def its_name(self) -> None:
        self.step("load")

    def name_and_function(self) -> None:
        self.step("load", lambda step: buffer.add((step.name, step.cursor)), start=1)

    def function_without_parameters(self) -> None:
        self.step("load", lambda: buffer.add(("load", 1)))

    def local_function(self) -> None:
        def load(step: Step) -> None:
            buffer.add((step.name, step.cursor))

        self.step(load, start=1)

    def load(self) -> None:
        buffer.add(("load", 1))


class TestForms:
    @pytest.mark.parametrize(
        "form",
        [
            "method",
            "its_name",
            "name_and_function",
            "function_without_parameters",
            "local_function",
        ],
    )
    def test_each_gives_a_name_and_something_to_do(self, form: str) -> None:
        FormsJob.perform_now(form)
        assert buffer.lines() == [("load", 1)]


class RefusedJob(LinearJob):
    def perform(self, *arguments: Any) -> None:  # type: ignore[override]  # whatever a test writes
        self.step(*self.wrong)

    wrong: tuple[Any, ...] = ()

    def wants_two(self, step: Step, other: int) -> None:
        pass

    def wants_a_keyword(self, *, dry: bool) -> None:
        pass

    async def waits(self) -> None:
        pass


REFUSED = [
    ((3,), "a step must be a str or a method, found 'int'"),
    ((partial(print),), "a step must be a str or a method, found 'partial'"),
    ((print, print), "a step must be a str or a method, found 'builtin_function_or_method'"),
    ((lambda: None,), "step '<lambda>' must be an identifier"),
    (("two words", print), "step 'two words' must be an identifier"),
    (("unknown",), "step 'unknown' has nothing to do: the job has no such method"),
    (("load", 3), "step 'load' has nothing to do"),
    (("wants_two",), r"step 'wants_two' must take the step, or nothing; its function takes \(step"),
    (("wants_a_keyword",), "step 'wants_a_keyword' must take the step, or nothing"),
    (("waits",), "step 'waits' is async. Write await self.astep"),
]


class TestRefused:
    @pytest.mark.line("AJ-110")
    @pytest.mark.parametrize(("wrong", "message"), REFUSED)
    def test_with_what_to_write_instead(
        self, wrong: tuple[Any, ...], message: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(RefusedJob, "wrong", wrong)
        with pytest.raises(InvalidStep, match=message):
            RefusedJob.perform_now()

    def test_a_step_that_is_not_async_cannot_be_awaited(self) -> None:
        class AwaitingJob(LinearJob):
            async def perform(self) -> None:
                await self.astep(self.step_one)  # type: ignore[arg-type]  # that is the mistake

        with pytest.raises(InvalidStep, match=r"is not async. Write self\.step"):
            AwaitingJob.perform_now()
