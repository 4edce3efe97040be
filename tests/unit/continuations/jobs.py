"""Jobs in steps that write down what they do."""

from __future__ import annotations

from django_activejob import ActiveJob
from django_activejob.continuations import Continuable, Step
from tests.jobs import buffer


class LinearJob(Continuable, ActiveJob):
    """Four steps, one after another."""

    def perform(self) -> None:
        for step in (self.step_one, self.step_two, self.step_three, self.step_four):
            self.step(step)

    def step_one(self) -> None:
        buffer.add("one")

    def step_two(self) -> None:
        buffer.add("two")

    def step_three(self, step: Step) -> None:
        buffer.add("three")

    def step_four(self, step: Step) -> None:
        buffer.add("four")


class CountingJob(Continuable, ActiveJob):
    """Counts to a number, with a cursor; fails after those that are named."""

    def perform(self, number: int, failing: list[int] | None = None) -> None:
        self.step(self.count, start=0)
        self.step(self.finish)

    def count(self, step: Step) -> None:
        number, failing = self.arguments[0], (*self.arguments, None)[1] or []
        for index in range(step.cursor, number):
            buffer.add(index)
            step.advance()
            if index in failing and not step.resumed:
                raise CursorError("Cursor error")

    def finish(self) -> None:
        buffer.add("finish")


class CursorError(Exception):
    pass
