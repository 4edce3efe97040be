from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from django_activejob import checks, clock, retry_on
from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import Envelope, Outcome
from django_activejob.errors import ConfigurationError, SerializationError
from django_activejob.job import registry
from django_activejob.job.base import ActiveJob
from django_activejob.job.execution import execute
from django_activejob.job.packing import pack, unpack
from django_activejob.serialization import Symbol
from django_activejob.sidekiq import SidekiqJob
from tests.jobs import buffer

INNOCENT = {"_aj_globalid": "gid://elsewhere/Person/7", "a": [1, {"b": None}]}


@retry_on(ValueError, wait=60, attempts=3)
class ToughWorker(SidekiqJob):
    def perform(self, *args: Any) -> None:
        buffer.add(args)
        if args == ("fails",):
            raise ValueError("again")


class Reports:
    class DailyJob(SidekiqJob):
        retry = 3
        wire_name = "Nightly::Report"

    class WeeklyJob(SidekiqJob):
        pass


def from_ruby(*args: Any) -> Envelope:
    payload: Any = {
        **ToughWorker().serialize(),
        "arguments": list(args),
    }
    return Envelope(payload=payload, queue_name="default", extra={"retry": True, "tags": ["x"]})


class TestNames:
    def test_a_class_is_called_as_ruby_calls_it(self) -> None:
        assert registry.name_of(ToughWorker) == "ToughWorker"
        assert registry.name_of(Reports.WeeklyJob) == "Reports::WeeklyJob"

    def test_a_class_may_have_another_name(self) -> None:
        assert registry.find("Nightly::Report") is Reports.DailyJob


class TestEnqueuing:
    def test_the_arguments_are_json_as_it_is(self) -> None:
        envelope = pack(ToughWorker(1, "é", 1.5, [None, True], {"a": {"b": 2}}))

        assert envelope.payload["arguments"] == [1, "é", 1.5, [None, True], {"a": {"b": 2}}]
        assert envelope.payload["raw"] is True

    @pytest.mark.parametrize(
        ("arguments", "place"),
        [
            ([date(2026, 1, 2)], r"arguments\[0\] is a date"),
            ([1, [{"at": (1, 2)}]], r"arguments\[1\]\[0\]\['at'\] is a tuple"),
            ([Symbol("a")], r"arguments\[0\] is a Symbol"),
        ],
    )
    def test_what_ruby_could_not_read_is_refused(self, arguments: list[Any], place: str) -> None:
        with pytest.raises(SerializationError, match=rf"ToughWorker: {place}\. .* plain JSON"):
            pack(ToughWorker(*arguments))

    def test_so_are_keywords(self) -> None:
        with pytest.raises(SerializationError, match="no keyword arguments, and this one has a, b"):
            pack(ToughWorker(a=1, b=2))

    def test_it_can_be_put_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        adapter = TestAdapter()
        monkeypatch.setattr(ToughWorker, "queue_adapter", adapter)

        job = ToughWorker.perform_in(60, "later")

        assert job
        assert job.scheduled_at is not None
        assert job.scheduled_at > clock.now() + timedelta(seconds=50)
        [enqueued] = adapter.enqueued
        assert enqueued.payload["arguments"] == ["later"]

    def test_sidekiqs_retries_are_on(self) -> None:
        assert pack(ToughWorker()).extra == {"retry": True}
        assert pack(Reports.DailyJob()).extra == {"retry": 3}


class TestPerforming:
    def test_arguments_of_ruby_arrive_as_they_are(self) -> None:
        execution = execute(from_ruby(1, INNOCENT), adapter=TestAdapter())

        assert execution.outcome is Outcome.PERFORMED
        assert buffer.lines() == [(1, INNOCENT)]

    def test_a_retry_is_again_a_job_of_sidekiq(self) -> None:
        class Patient(ToughWorker):
            queue_adapter = TestAdapter()

        claimed = from_ruby("fails")
        claimed.payload["job_class"] = "Patient"

        execution = execute(claimed, adapter=Patient.queue_adapter)

        assert execution.retry is not None
        assert execution.retry.payload["raw"] is True
        assert execution.retry.payload["arguments"] == ["fails"]
        assert execution.retry.payload["exception_executions"] == {"[ValueError]": 1}
        assert execution.retry.extra == {"retry": True, "tags": ["x"]}

    def test_one_that_active_job_has_wrapped_is_read_as_active_jobs(self) -> None:
        payload: Any = {**ToughWorker().serialize(), "arguments": [{"a": 1, "_aj_symbol_keys": []}]}
        del payload["raw"]

        execute(Envelope(payload=payload, queue_name="default"), adapter=TestAdapter())

        assert buffer.lines() == [({"a": 1},)]

    def test_it_is_written_again_before_it_was_performed(self) -> None:
        raw = from_ruby(1, INNOCENT).payload

        assert unpack(raw).arguments == [1, INNOCENT]
        assert unpack(raw).serialized_arguments is None


class TestRetry:
    def test_a_class_that_says_nothing_leaves_it_to_the_adapter(self) -> None:
        class Silent(ActiveJob):
            pass

        assert pack(Silent()).extra == {}

    @pytest.mark.parametrize("retry", [0, 5, True, False])
    def test_a_class_may_say_how_often(self, retry: int | bool) -> None:
        said = type("Said", (ActiveJob,), {"retry": retry})

        assert pack(said()).extra == {"retry": retry}

    def test_a_system_check_warns_where_no_adapter_does_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Reports.DailyJob, "queue_adapter", TestAdapter())

        [found] = [m for m in checks.check_job_classes(None) if m.msg.startswith("Nightly")]

        assert found.id == "activejob.W003"
        assert "retry = 3 has no effect with the Test adapter" in found.msg

    @pytest.mark.parametrize("retry", [-1, 1.5, "5"])
    def test_it_has_to_be_a_number(self, retry: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"Wrong\.retry = .*: give a whole number"):
            type("Wrong", (ActiveJob,), {"retry": retry})
