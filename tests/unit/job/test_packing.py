from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation

from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import Outcome
from django_activejob.job.execution import execute
from django_activejob.job.packing import pack, unpack
from tests.jobs import buffer
from tests.jobs.hello import HelloJob
from tests.jobs.keywords import KeywordJob
from tests.unit.conftest import Clock


class TestSerialize:
    def test_the_keys_stand_in_active_job_s_order(self, still: Clock) -> None:
        payload = HelloJob("Ada").serialize()
        assert list(payload) == [
            "job_class",
            "job_id",
            "provider_job_id",
            "queue_name",
            "priority",
            "arguments",
            "executions",
            "exception_executions",
            "locale",
            "timezone",
            "enqueued_at",
            "scheduled_at",
        ]

    @pytest.mark.line("AJ-196")
    def test_times_are_utc_with_nine_digits(self, still: Clock) -> None:
        job = HelloJob()
        job.scheduled_at = datetime(2026, 10, 31, 2, 2, 2, 123456, tzinfo=UTC)
        payload = job.serialize()
        assert payload["enqueued_at"] == "2026-03-14T15:09:26.535897000Z"
        assert payload["scheduled_at"] == "2026-10-31T02:02:02.123456000Z"

    @pytest.mark.line("AJ-184", "AJ-194")
    def test_the_locale_is_that_of_now_and_the_zone_that_of_the_making(self) -> None:
        job = HelloJob()
        with translation.override("de"):
            payload = job.serialize()
        assert (payload["locale"], payload["timezone"]) == ("de", "UTC")


class TestUnpack:
    @pytest.mark.line("AJ-189")
    def test_it_is_symmetric_in_memory_and_through_json(self, still: Clock) -> None:
        job = KeywordJob(1, "two", {"three": [3]}, flag=True)
        payload = job.serialize()
        assert unpack(payload).serialize() == payload
        assert unpack(json.loads(json.dumps(payload))).serialize() == payload

    def test_arguments_that_nobody_looked_at_pass_through_untouched(self) -> None:
        payload = HelloJob().serialize()
        payload["arguments"] = [{"_aj_globalid": "gid://rails-app/Person/5"}]
        assert unpack(payload).serialize()["arguments"] is payload["arguments"]

    @pytest.mark.line("AJ-185", "AJ-191")
    def test_the_locale_stays_that_of_the_payload(self) -> None:
        payload = HelloJob().serialize()
        payload["locale"] = "fr"
        with translation.override("de"):
            assert unpack(payload).serialize()["locale"] == "fr"

    @pytest.mark.line("AJ-192")
    def test_without_a_locale_it_is_the_current_one(self) -> None:
        payload: dict[str, Any] = dict(HelloJob().serialize())
        del payload["locale"]
        with translation.override("de"):
            assert unpack(payload).locale == "de"

    @pytest.mark.line("AJ-193")
    def test_the_provider_s_id_comes_along(self) -> None:
        payload = HelloJob().serialize()
        assert payload["provider_job_id"] is None
        payload["provider_job_id"] = "17"
        assert unpack(payload).provider_job_id == "17"

    @pytest.mark.line("AJ-187", "AJ-188", "AJ-195")
    def test_times_become_datetimes_unless_they_are_already(self, still: Clock) -> None:
        payload = HelloJob().serialize()
        assert unpack(payload).enqueued_at == still.time
        payload["enqueued_at"] = still.time  # type: ignore[typeddict-item]  # as some JSON layers do
        assert unpack(payload).enqueued_at == still.time

    @pytest.mark.line("AJ-186")
    def test_a_time_on_the_job_survives_a_payload_without_one(self, still: Clock) -> None:
        job = HelloJob()
        job.scheduled_at = still.time
        job.deserialize(HelloJob().serialize())
        assert job.scheduled_at == still.time


class TestHooks:
    def test_a_subclass_adds_keys_for_enqueues_and_retries(self, queue: TestAdapter) -> None:
        class CountingJob(HelloJob):
            rounds = 0

            def serialize(self) -> Any:
                return {**super().serialize(), "rounds": self.rounds}

            def deserialize(self, payload: Mapping[str, Any]) -> None:
                super().deserialize(payload)
                self.rounds = payload["rounds"]

            def perform(self, name: str = "") -> str:
                buffer.add(self.rounds)
                self.rounds += 1
                if self.rounds < 3:
                    self.retry_job()
                return name

        envelope: Any = pack(CountingJob())
        while envelope is not None:
            execution = execute(envelope, adapter=queue)
            envelope = execution.retry
        assert execution.outcome is Outcome.PERFORMED
        assert buffer.lines() == [0, 1, 2]
