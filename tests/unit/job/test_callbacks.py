from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from django_activejob import (
    Abort,
    ActiveJob,
    after_enqueue,
    after_perform,
    around_enqueue,
    around_perform,
    before_enqueue,
    before_perform,
    signals,
)
from django_activejob.adapters.test import TestAdapter
from tests.jobs import buffer


class CallbackJob(ActiveJob):
    @before_perform
    def before(self) -> None:
        buffer.add("before")

    @around_perform
    def around(self) -> Iterator[None]:
        buffer.add("around in")
        result = yield
        buffer.add(f"around out, perform gave {result}")

    @after_perform
    def after(self) -> None:
        buffer.add("after")

    @before_enqueue
    def before_it(self) -> None:
        buffer.add("before enqueue")

    @around_enqueue
    def around_it(self) -> Iterator[None]:
        buffer.add("around enqueue in")
        yield
        buffer.add("around enqueue out")

    @after_enqueue
    def after_it(self) -> None:
        buffer.add("after enqueue")

    def perform(self) -> int:
        buffer.add("perform")
        return 42


class NestedJob(ActiveJob):
    @before_perform
    def b1(self) -> None:
        buffer.add("b1")

    @after_perform
    def a1(self) -> None:
        buffer.add("a1")

    @around_perform
    def s1(self) -> Iterator[None]:
        buffer.add("s1 in")
        yield
        buffer.add("s1 out")

    @before_perform
    def b2(self) -> None:
        buffer.add("b2")

    @after_perform
    def a2(self) -> None:
        buffer.add("a2")

    @around_perform
    def s2(self) -> Iterator[None]:
        buffer.add("s2 in")
        yield
        buffer.add("s2 out")

    @after_perform
    def a3(self) -> None:
        buffer.add("a3")

    def perform(self) -> None:
        buffer.add("perform")


class TestOrder:
    @pytest.mark.line("AJ-085", "AJ-086", "AJ-087")
    def test_before_around_and_after_run_and_the_value_comes_back(self) -> None:
        assert CallbackJob.perform_now() == 42
        assert buffer.lines() == [
            "before",
            "around in",
            "perform",
            "after",
            "around out, perform gave 42",
        ]

    @pytest.mark.line("AJ-088", "AJ-092")
    def test_enqueue_callbacks_run_and_the_job_is_returned(self, queue: TestAdapter) -> None:
        job = CallbackJob.perform_later()
        assert isinstance(job, CallbackJob)
        assert len(queue.enqueued) == 1
        assert buffer.lines() == [
            "before enqueue",
            "around enqueue in",
            "after enqueue",
            "around enqueue out",
        ]

    @pytest.mark.line("EX-045")
    def test_callbacks_nest_by_the_position_of_their_declaration(self) -> None:
        NestedJob.perform_now()
        expected = "b1 | s1 in | b2 | s2 in | perform | a3 | s2 out | a2 | s1 out | a1"
        assert " | ".join(buffer.lines()) == expected

    def test_parents_and_plain_mixins_come_first(self) -> None:
        class Mixin:
            @before_perform
            def from_mixin(self) -> None:
                buffer.add("mixin")

        class ParentJob(ActiveJob):
            @before_perform
            def from_parent(self) -> None:
                buffer.add("parent")

        class ChildJob(Mixin, ParentJob):
            @before_perform
            def from_child(self) -> None:
                buffer.add("child")

            def perform(self) -> None:
                pass

        ChildJob.perform_now()
        assert buffer.lines() == ["parent", "mixin", "child"]

    def test_an_override_is_what_runs_even_when_it_is_not_marked(self) -> None:
        class QuietJob(CallbackJob):
            def before(self) -> None:
                buffer.add("overridden")

        QuietJob.perform_now()
        assert buffer.lines()[0] == "overridden"
        assert "before" not in buffer.lines()

    @pytest.mark.line("EX-039")
    def test_a_callback_declared_again_moves_to_the_end(self) -> None:
        class ParentJob(ActiveJob):
            @before_perform
            def first(self) -> None:
                buffer.add("first")

            @before_perform
            def second(self) -> None:
                buffer.add("second")

            def perform(self) -> None:
                pass

        class ChildJob(ParentJob):
            @before_perform
            def first(self) -> None:
                buffer.add("first again")

        ChildJob.perform_now()
        assert buffer.lines() == ["second", "first again"]


class TestWithout:
    def test_a_subclass_does_without_a_callback_by_setting_its_name_to_none(self) -> None:
        class BareJob(CallbackJob):
            before = None  # type: ignore[assignment]  # how it is switched off

        BareJob.perform_now()
        assert "before" not in buffer.lines()
        assert "after" in buffer.lines()

    @pytest.mark.line("EX-044")
    def test_its_own_subclasses_do_without_it_too(self) -> None:
        class BareJob(CallbackJob):
            before = after = None  # type: ignore[assignment]  # how they are switched off

        class ChildJob(BareJob):
            pass

        ChildJob.perform_now()
        assert {"before", "after"}.isdisjoint(buffer.lines())
        CallbackJob.perform_now()
        assert {"before", "after"} <= set(buffer.lines())


class TestAbort:
    @pytest.mark.line("AJ-089", "AJ-090")
    def test_before_enqueue_keeps_the_job_from_being_enqueued(self, queue: TestAdapter) -> None:
        class RefusedJob(CallbackJob):
            def before_it(self) -> None:
                raise Abort

        assert RefusedJob.perform_later() is False
        assert queue.enqueued == []
        assert buffer.lines() == []

    @pytest.mark.line("AJ-091", "EX-036")
    def test_before_perform_ends_the_job_without_performing_it(self) -> None:
        class RefusedJob(CallbackJob):
            def before(self) -> None:
                raise Abort

        assert RefusedJob.perform_now() is False
        assert buffer.lines() == []

    def test_arounds_that_were_entered_are_left_properly(self) -> None:
        class RefusedJob(ActiveJob):
            @around_perform
            def around(self) -> Iterator[None]:
                buffer.add("in")
                got = yield
                buffer.add(f"out with {got}")

            @before_perform
            def refuse(self) -> None:
                raise Abort

            def perform(self) -> None:
                buffer.add("perform")

        assert RefusedJob.perform_now() is False
        assert buffer.lines() == ["in", "out with False"]

    @pytest.mark.line("EX-034", "EX-037")
    def test_what_comes_after_it_in_the_chain_does_not_run(self) -> None:
        class RefusedJob(ActiveJob):
            @before_perform
            def first(self) -> None:
                buffer.add("first")

            @before_perform
            def refuse(self) -> None:
                raise Abort

            @before_perform
            def second(self) -> None:
                buffer.add("second")

            @around_perform
            def around(self) -> Iterator[None]:
                buffer.add("around")
                yield

            @after_perform
            def after(self) -> None:
                buffer.add("after")

            def perform(self) -> None:
                buffer.add("perform")

        assert RefusedJob.perform_now() is False
        assert buffer.lines() == ["first"]

    @pytest.mark.line("EX-035")
    def test_who_listens_is_told(self, queue: TestAdapter) -> None:
        class RefusedJob(CallbackJob):
            def before_it(self) -> None:
                raise Abort

        def note(job: ActiveJob, **_: object) -> None:
            buffer.add(type(job).__name__)

        signals.enqueue_aborted.connect(note)
        try:
            RefusedJob.perform_later()
        finally:
            signals.enqueue_aborted.disconnect(note)
        assert buffer.lines() == ["RefusedJob"]

    def test_raised_elsewhere_it_is_an_ordinary_exception(self) -> None:
        class ConfusedJob(ActiveJob):
            def perform(self) -> None:
                raise Abort

        with pytest.raises(Abort):
            ConfusedJob.perform_now()

    @pytest.mark.line("EX-038")
    def test_a_false_return_value_does_not_abort(self) -> None:
        class FalseJob(CallbackJob):
            def before(self) -> bool:  # type: ignore[override]  # what the test is about
                return False

        assert FalseJob.perform_now() == 42


class TestAround:
    def test_without_a_yield_perform_does_not_run(self) -> None:
        class SkippedJob(CallbackJob):
            def around(self) -> Any:
                return iter(())

        assert SkippedJob.perform_now() is None
        assert "perform" not in buffer.lines()

    def test_its_finally_runs_when_perform_raises(self) -> None:
        class FailingJob(ActiveJob):
            @around_perform
            def around(self) -> Iterator[None]:
                try:
                    yield
                finally:
                    buffer.add("cleaned up")

            def perform(self) -> None:
                raise ValueError("broken")

        with pytest.raises(ValueError, match="broken"):
            FailingJob.perform_now()
        assert buffer.lines() == ["cleaned up"]

    def test_it_may_swallow_what_perform_raises(self) -> None:
        class ForgivingJob(ActiveJob):
            @around_perform
            def around(self) -> Iterator[None]:
                try:
                    yield
                except ValueError:
                    buffer.add("forgiven")

            def perform(self) -> None:
                raise ValueError("broken")

        assert ForgivingJob.perform_now() is None
        assert buffer.lines() == ["forgiven"]

    @pytest.mark.parametrize("fails", [False, True])
    def test_a_second_yield_is_an_error_that_names_the_callback(self, fails: bool) -> None:
        class TwiceJob(ActiveJob):
            @around_perform
            def around(self) -> Iterator[None]:
                with contextlib.suppress(ValueError):
                    yield
                yield

            def perform(self) -> None:
                if fails:
                    raise ValueError

        with pytest.raises(RuntimeError, match="around_perform callback around: it yields more"):
            TwiceJob.perform_now()
