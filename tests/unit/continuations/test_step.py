from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from django_activejob import ActiveJob
from django_activejob.continuations import Continuable, Step
from django_activejob.contracts import Outcome
from django_activejob.errors import UnadvanceableCursor
from tests.jobs import buffer
from tests.shop.factories import PersonFactory
from tests.shop.models import Person
from tests.unit.continuations.furniture import again, during, message, run, state, stopping


def step(cursor: Any = None, *, checkpoint: Any = lambda: None, resumed: bool = False) -> Step:
    return Step("rows", cursor, checkpoint=checkpoint, resumed=resumed)


class TestCursor:
    def test_it_is_where_it_was_set(self) -> None:
        rows = step(1)
        rows.set(7)
        assert (rows.cursor, rows.advanced) == (7, True)

    def test_it_has_not_advanced_before_that(self) -> None:
        assert not step(1).advanced
        assert not step(1, resumed=True).advanced

    @pytest.mark.line("AJ-113")
    def test_it_advances_by_one(self) -> None:
        rows = step(1)
        rows.advance()
        assert rows.cursor == 2

    @pytest.mark.line("AJ-113")
    def test_it_advances_from_what_is_said(self) -> None:
        rows = step(None)
        rows.advance(from_=41)
        assert rows.cursor == 42

    @pytest.mark.line("AJ-113")
    @pytest.mark.parametrize(("cursor", "from_"), [(None, None), (1.5, None), (1, 1.5)])
    def test_it_cannot_advance_without_a_successor(self, cursor: Any, from_: Any) -> None:
        with pytest.raises(UnadvanceableCursor):
            step(cursor).advance(from_=from_)

    def test_a_job_that_tries_is_not_resumed(self) -> None:
        class StuckJob(Continuable, ActiveJob):
            def perform(self) -> None:
                self.step("load", lambda: None)
                self.step("rows", lambda step: step.advance())

        execution = run(StuckJob())
        assert (execution.outcome, execution.retry) == (Outcome.FAILED, None)
        assert message(execution) == ""
        assert execution.error is not None
        assert "NoneType cannot be advanced" in execution.error.message

    def test_each_move_is_a_checkpoint(self) -> None:
        seen: list[Any] = []
        rows = step(0, checkpoint=lambda: seen.append(rows.cursor))
        rows.set(5)
        rows.advance()
        rows.checkpoint()
        assert seen == [5, 6, 6]

    @pytest.mark.line("AJ-125")
    def test_a_date_is_a_date_again_when_the_step_is_resumed(self) -> None:
        class ScanJob(Continuable, ActiveJob):
            def perform(self) -> None:
                self.step(self.scan, start=date(2026, 7, 5))

            def scan(self, step: Step) -> None:
                buffer.add((step.cursor, step.resumed))
                while step.cursor < date(2026, 7, 7):
                    step.advance()

        stop = during("scan", state_of(date(2026, 7, 6)))
        with stopping(stop):
            interrupted = run(ScanJob())
        assert state(interrupted)["current"][1]["value"] == "2026-07-06"
        assert again(interrupted).outcome is Outcome.PERFORMED
        assert buffer.lines() == [(date(2026, 7, 5), False), (date(2026, 7, 6), True)]


def state_of(value: Any) -> Any:
    from django_activejob.serialization import serialize

    return serialize(value)


class TestDescription:
    @pytest.mark.parametrize(
        ("cursor", "shown"),
        [
            (433, "at 'rows', cursor '433'"),
            (None, "at 'rows', cursor 'None'"),
            ("b", "at 'rows', cursor ''b''"),
            ([1, 2], "at 'rows', cursor '[1, 2]'"),
        ],
    )
    def test_it_says_where_the_job_is(self, cursor: Any, shown: str) -> None:
        assert step(cursor).description == shown


class TestEach:
    def test_items_of_a_list_from_the_cursor_on(self) -> None:
        rows = step(1)
        seen = [(item, rows.cursor) for item in rows.each(["a", "b", "c"])]
        assert seen == [("b", 1), ("c", 2)]
        assert rows.cursor == 3

    def test_a_list_begins_at_its_first_item_without_a_cursor(self) -> None:
        assert list(step().each("ab")) == ["a", "b"]

    @pytest.mark.django_db
    def test_instances_in_the_order_of_their_keys(self) -> None:
        people = [PersonFactory(name=name) for name in ("Cy", "Ada", "Bob")]
        rows = step()
        assert list(rows.each(Person.objects.order_by("name"))) == people
        assert rows.cursor == people[-1].pk

    @pytest.mark.django_db
    def test_instances_after_the_cursor(self) -> None:
        people = [PersonFactory() for _ in range(3)]
        assert list(step(people[0].pk).each(Person.objects.all())) == people[1:]

    @pytest.mark.django_db
    def test_many_instances_are_read_in_batches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("django_activejob.continuations.walking.BATCH", 2)
        people = [PersonFactory() for _ in range(5)]
        assert list(step().each(Person.objects.all())) == people

    @pytest.mark.django_db
    def test_an_instance_may_be_deleted_on_the_way(self) -> None:
        for _ in range(2):
            PersonFactory()
        for person in step().each(Person.objects.all()):
            person.delete()
        assert not Person.objects.exists()

    @pytest.mark.django_db
    def test_an_interrupted_job_goes_on_after_the_last_one_done(self) -> None:
        class GreetingJob(Continuable, ActiveJob):
            def perform(self) -> None:
                self.step(self.greet)

            def greet(self, step: Step) -> None:
                for person in step.each(Person.objects.all()):
                    buffer.add(person.name)

        people = [PersonFactory(name=name) for name in ("Ada", "Bob", "Cy")]
        with stopping(during("greet", people[1].pk)):
            interrupted = run(GreetingJob())
        assert buffer.lines() == ["Ada", "Bob"]
        assert again(interrupted).outcome is Outcome.PERFORMED
        assert buffer.lines() == ["Ada", "Bob", "Cy"]
