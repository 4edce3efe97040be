from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest

from django_activejob import ActiveJob, discard_on, retry_on
from django_activejob.adapters.test import TestAdapter
from django_activejob.attributes import Attribute, Attributes, attribute
from django_activejob.continuations import Continuable, Step
from django_activejob.contracts import Envelope, Execution, Outcome
from django_activejob.errors import ConfigurationError, DeserializationError, SerializationError
from django_activejob.job import context
from django_activejob.job.execution import execute
from django_activejob.job.packing import pack, unpack
from tests.jobs import buffer
from tests.shop.factories import PersonFactory
from tests.shop.models import Person


class CountJob(Attributes, ActiveJob):
    title = attribute(str)
    count = attribute(int, default=0)
    loud = attribute(bool, default=True)

    def perform(self, *arguments: Any, **keywords: Any) -> None:
        buffer.add((self.title, self.count, self.loud, arguments, keywords))


def restored(job: ActiveJob, **changes: Any) -> Any:
    """The job as a store gives it back."""
    payload = json.loads(json.dumps(job.serialize()))
    return unpack({**payload, **changes})


class TestValues:
    @pytest.mark.line("AJ-075")
    def test_a_fresh_job_has_the_defaults(self) -> None:
        job = CountJob()
        assert (job.title, job.count, job.loud) == (None, 0, True)

    @pytest.mark.line("AJ-076")
    def test_what_is_assigned_can_be_read(self) -> None:
        job = CountJob()
        job.count, job.title = 3, "x"
        assert (job.count, job.title) == (3, "x")
        assert CountJob().count == 0

    def test_a_default_may_be_made_for_each_job(self) -> None:
        class ListsJob(Attributes, ActiveJob):
            made = attribute(list, default=list)
            given = attribute(list, default=[1])

        job = ListsJob()
        job.made.append(1)
        job.given.append(2)
        assert (job.made, job.given) == ([1], [1, 2])
        assert (ListsJob().made, ListsJob().given) == ([], [1])

    def test_a_default_is_cast_too(self) -> None:
        class TextJob(Attributes, ActiveJob):
            count: Attribute[Any] = attribute(int, default="5")  # type: ignore[arg-type]  # as from a setting

        assert TextJob().count == 5

    def test_the_class_has_the_attribute_itself(self) -> None:
        assert isinstance(CountJob.count, Attribute)
        assert CountJob.count.name == "count"


class Color(Enum):
    RED = "red"


def doubled(value: Any) -> int:
    return int(value) * 2


CASTS = [
    (int, "42", 42),
    (int, 3.7, 3),
    (int, True, 1),
    (float, "1.5", 1.5),
    (Decimal, "1.10", Decimal("1.10")),
    (Decimal, 0.1, Decimal("0.1")),
    (bool, "0", False),
    (bool, 0, False),
    (bool, "off", False),
    (bool, "F", False),
    (bool, "1", True),
    (bool, "no", True),
    (str, 42, "42"),
    (str, b"text", "text"),
    (str, "", ""),
    (bytes, "text", b"text"),
    (bytes, bytearray(b"text"), b"text"),
    (date, "2026-07-06", date(2026, 7, 6)),
    (date, datetime(2026, 7, 6, 12), date(2026, 7, 6)),
    (date, date(2026, 7, 6), date(2026, 7, 6)),
    (datetime, "2026-07-06T12:00:00Z", datetime(2026, 7, 6, 12, tzinfo=UTC)),
    (datetime, "2026-07-06 12:00", datetime(2026, 7, 6, 12, tzinfo=UTC)),
    (time, "12:30", time(12, 30)),
    (time, datetime(2026, 7, 6, 12, 30), time(12, 30)),
    (time, time(12, 30), time(12, 30)),
    (timedelta, 90, timedelta(seconds=90)),
    (timedelta, "1 00:00:01", timedelta(days=1, seconds=1)),
    (timedelta, timedelta(1), timedelta(1)),
    (UUID, "6f0a2b1e-4a0e-4c58-9d1e-0a5f3c1f3a11", UUID("6f0a2b1e-4a0e-4c58-9d1e-0a5f3c1f3a11")),
    (UUID, UUID(int=1), UUID(int=1)),
    (Color, "red", Color.RED),
    (Color, Color.RED, Color.RED),
    (list, [1], [1]),
    (doubled, "4", 8),
    (None, "anything", "anything"),
]

REFUSED = [
    (int, "many", "int"),
    (int, "3.7", "int"),
    (float, "x", "float"),
    (Decimal, "x", "Decimal"),
    (bytes, 5, "bytes"),
    (date, "tomorrow", "date"),
    (date, 5, "date"),
    (datetime, date(2026, 7, 6), "datetime"),
    (time, 5, "time"),
    (timedelta, "soon", "timedelta"),
    (UUID, "x", "UUID"),
    (Color, "blue", "Color"),
    (list, "abc", "list"),
    (doubled, "x", "doubled"),
]


def class_with(kind: Any) -> type[ActiveJob]:
    return type("CastJob", (Attributes, ActiveJob), {"value": attribute(kind)})


class TestCasts:
    @pytest.mark.line("AJ-077")
    @pytest.mark.parametrize(("kind", "given", "expected"), CASTS)
    def test_what_is_assigned_becomes_of_the_kind(
        self, kind: Any, given: Any, expected: Any
    ) -> None:
        job: Any = class_with(kind)()
        job.value = given
        assert job.value == expected
        assert type(job.value) is type(expected)

    @pytest.mark.parametrize("kind", [int, float, bool, Decimal, date, datetime, timedelta, UUID])
    def test_an_empty_text_is_none(self, kind: Any) -> None:
        job: Any = class_with(kind)()
        job.value = ""
        assert job.value is None

    @pytest.mark.parametrize("kind", [int, str, list, doubled])
    def test_none_is_none(self, kind: Any) -> None:
        job: Any = class_with(kind)()
        job.value = None
        assert job.value is None

    @pytest.mark.parametrize(("kind", "given", "name"), REFUSED)
    def test_what_cannot_be_cast_is_refused_by_name(self, kind: Any, given: Any, name: str) -> None:
        job: Any = class_with(kind)()
        with pytest.raises(ValueError, match=rf"CastJob\.value: .* cannot be cast to {name}\."):
            job.value = given


class TestTravel:
    @pytest.mark.line("AJ-078")
    def test_they_are_in_the_payload_and_come_back(self) -> None:
        job = CountJob()
        job.count, job.title = 5, "x"
        assert job.serialize()["attributes"] == {
            "title": "x",
            "count": 5,
            "loud": True,
            "_aj_symbol_keys": [],
        }
        back = restored(job)
        assert (back.title, back.count, back.loud) == ("x", 5, True)

    @pytest.mark.line("AJ-079")
    def test_defaults_travel_too(self) -> None:
        back = restored(CountJob())
        assert (back.title, back.count, back.loud) == (None, 0, True)

    @pytest.mark.line("AJ-080")
    def test_unknown_names_are_ignored(self) -> None:
        back = restored(CountJob(), attributes={"count": 2, "gone": 1, "_aj_symbol_keys": []})
        assert back.count == 2
        assert not hasattr(back, "gone")

    @pytest.mark.line("AJ-081")
    def test_a_payload_without_them_means_the_defaults(self) -> None:
        payload = json.loads(json.dumps(CountJob().serialize()))
        del payload["attributes"]
        back: Any = unpack(payload)
        assert (back.count, back.loud) == (0, True)

    def test_what_has_not_been_read_is_passed_on_untouched(self) -> None:
        raw = {"count": {"_aj_serialized": "No::Such"}}
        assert restored(CountJob(), attributes=raw).serialize()["attributes"] == raw

    def test_assigning_one_keeps_the_others(self) -> None:
        job = CountJob()
        job.count = 5
        back = restored(job)
        back.title = "x"
        assert (back.count, back.title) == (5, "x")

    @pytest.mark.django_db
    def test_a_model_instance_travels_as_its_global_id(self) -> None:
        class PersonJob(Attributes, ActiveJob):
            person = attribute(Person)

        job = PersonJob()
        job.person = PersonFactory(name="Ada")
        assert restored(job).person == job.person

    def test_one_without_a_json_form_is_named(self) -> None:
        class OddJob(Attributes, ActiveJob):
            thing = attribute()

        job = OddJob()
        job.thing = object()
        with pytest.raises(SerializationError, match=r"OddJob \(job id .*\): its attributes: .*th"):
            job.serialize()

    @pytest.mark.line("AJ-083")
    def test_perform_has_its_own_arguments(self) -> None:
        CountJob.perform_now(1, b=2)
        assert buffer.lines() == [(None, 0, True, (1,), {"b": 2})]

    @pytest.mark.line("AJ-082")
    def test_retries_find_what_was_assigned(self, queue: TestAdapter) -> None:
        @retry_on(ValueError, wait=0, attempts=3, jitter=0)
        class FailingJob(Attributes, ActiveJob):
            count = attribute(int, default=0)

            def perform(self) -> None:
                self.count += 1
                buffer.add(self.count)
                if self.count < 3:
                    raise ValueError

        execution = execute(pack(FailingJob()), adapter=queue)
        while execution.retry is not None:
            execution = execute(execution.retry, adapter=queue)
        assert buffer.lines() == [1, 2, 3]

    @pytest.mark.line("AJ-084")
    def test_resumptions_find_it_too(self, queue: TestAdapter) -> None:
        class TallyJob(Continuable, Attributes, ActiveJob):
            count = attribute(int, default=0)

            def perform(self) -> None:
                self.step(self.add, start=0)
                buffer.add(self.count)

            def add(self, step: Step) -> None:
                for _ in range(step.cursor, 10):
                    self.count += 1
                    step.advance()

        stops = iter([3, 7])
        stop_at = [next(stops)]

        def stopping(job: Any) -> str | None:
            if job.count != stop_at[0]:
                return None
            stop_at[0] = next(stops, -1)
            return "stopping"

        before = context.set_stopping(stopping)
        try:
            execution = execute(pack(TallyJob()), adapter=queue)
            second = _again(execution, queue)
            third = _again(second, queue)
        finally:
            context.set_stopping(before)
        outcomes = [one.outcome for one in (execution, second, third)]
        assert outcomes == [Outcome.INTERRUPTED, Outcome.INTERRUPTED, Outcome.PERFORMED]
        assert buffer.lines() == [10]


def _again(execution: Execution, queue: TestAdapter) -> Execution:
    assert execution.retry is not None
    return execute(execution.retry, adapter=queue)


class TestTrouble:
    @pytest.mark.parametrize("raw", [{"count": {"_aj_serialized": "No::Such"}}, [1], "x"])
    def test_what_cannot_be_restored_meets_the_handlers(self, raw: Any, queue: TestAdapter) -> None:
        @discard_on(DeserializationError)
        class PickyJob(CountJob):
            pass

        payload: Any = {**pack(PickyJob()).payload, "attributes": raw}
        execution = execute(Envelope(payload=payload, queue_name="default"), adapter=queue)
        assert execution.outcome is Outcome.DISCARDED
        assert buffer.lines() == []

    def test_a_job_without_the_mixin_says_what_is_missing(self) -> None:
        class LooseJob(ActiveJob):
            count = attribute(int, default=0)

        with pytest.raises(ConfigurationError, match=r"count: .* class LooseJob\(Attributes, …\)"):
            LooseJob().count = 1

    @pytest.mark.parametrize("name", ["perform", "queue_name", "arguments", "set"])
    def test_a_name_that_every_job_has_is_refused(self, name: str) -> None:
        with pytest.raises(ConfigurationError, match=rf"BadJob\.{name}: every job has something"):
            type("BadJob", (Attributes, ActiveJob), {name: attribute(int)})


class TestInheritance:
    def test_a_class_has_those_of_its_parents(self) -> None:
        class ChildJob(CountJob):
            extra = attribute(int, default=7)

        assert list(ChildJob().serialize()["attributes"]) == [
            "title",
            "count",
            "loud",
            "extra",
            "_aj_symbol_keys",
        ]

    def test_the_nearest_declaration_counts(self) -> None:
        class ChildJob(CountJob):
            count = attribute(int, default=9)
            title = "fixed"  # type: ignore[assignment]  # no attribute any more

        assert ChildJob().count == 9
        assert "title" not in ChildJob().serialize()["attributes"]

    def test_a_plain_mixin_may_bring_some(self) -> None:
        class Counted:
            count = attribute(int, default=1)

        class MixedJob(Counted, Attributes, ActiveJob):
            pass

        assert restored(MixedJob()).count == 1
