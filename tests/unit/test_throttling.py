from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from django_activejob import ActiveJob, checks, throttle
from django_activejob.adapters.inline import InlineAdapter
from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import Envelope, QueueAdapter, Throttle
from django_activejob.errors import ConfigurationError
from django_activejob.job.context import ClaimedRun
from django_activejob.job.packing import pack, unpack

PREFIX = "tests.unit.test_throttling.CallJob"


class CallJob(ActiveJob):
    def perform(self, account: Any = None) -> None:
        pass


class KeepsNothing(QueueAdapter):
    """Stores jobs, and knows no throttles."""

    def enqueue(self, envelope: Envelope) -> str | None:
        return "1"


@pytest.fixture(autouse=True)
def plain_again(queue: TestAdapter) -> Iterator[None]:
    CallJob.throttle_for = None
    yield
    CallJob.throttle_for = None


class TestTheDecorator:
    def test_all_jobs_of_the_class_share_it_without_a_key(self) -> None:
        job = throttle(to=100, per=60)(CallJob)(7)
        assert pack(job).throttle == Throttle(key=f"{PREFIX}/all", to=100, per=60.0)

    def test_a_key_is_made_of_the_arguments(self) -> None:
        job = throttle(to=1, per=timedelta(minutes=1), key=lambda account: account)(CallJob)(7)
        assert pack(job).throttle == Throttle(key=f"{PREFIX}/7", to=1, per=60.0)

    def test_a_group_is_shared_by_classes(self) -> None:
        job = throttle(to=1, per=1, group="smtp.example.com")(CallJob)()
        made = pack(job).throttle
        assert made is not None
        assert made.key == "smtp.example.com/all"

    def test_no_key_means_no_throttle(self) -> None:
        assert pack(throttle(to=1, per=1, key=lambda account: None)(CallJob)(7)).throttle is None

    def test_long_keys_leave_room_for_the_words_of_a_store(self) -> None:
        made = pack(throttle(to=1, per=1, key="k" * 400)(CallJob)()).throttle
        assert made is not None
        assert len(made.key) <= 240

    def test_a_retry_keeps_what_was_worked_out_first(self) -> None:
        envelope = pack(throttle(to=1, per=1, key="old")(CallJob)())
        throttle(to=9, per=9, key="new")(CallJob)
        job = unpack(envelope.payload)
        job._run = ClaimedRun(envelope=envelope, adapter=TestAdapter())
        assert pack(job).throttle == envelope.throttle

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"to": 0, "per": 60}, "@throttle: to is 0; it has to be a whole number from 1."),
            ({"to": 1.5, "per": 60}, "@throttle: to is 1.5"),
            ({"to": 1, "per": 0}, "@throttle: per is 0; it has to be a number of seconds"),
            ({"to": 1, "per": 60, "key": 7}, "@throttle: key is 7"),
            ({"to": 1, "per": 60, "group": ""}, "@throttle: group is ''"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, given: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            throttle(**given)
        assert words in str(raised.value)


class TestAdapters:
    def test_one_that_keeps_no_throttles_refuses_the_job(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("django_activejob.job.enqueuing.stand_ins", [KeepsNothing()])
        job_class = throttle(to=1, per=60)(CallJob)
        with pytest.raises(ConfigurationError, match="the KeepsNothing adapter does not keep"):
            job_class.perform_later()

    def test_a_system_check_says_so_before(self, monkeypatch: pytest.MonkeyPatch) -> None:
        job_class = throttle(to=1, per=60)(CallJob)
        monkeypatch.setattr(job_class, "queue_adapter", KeepsNothing())
        found = [m for m in checks.check_job_classes(None) if m.msg.startswith(f"{PREFIX}:")]
        assert [message.id for message in found] == ["activejob.E006"]
        assert "Give the class a queue_adapter that does" in found[0].msg

    def test_without_a_throttle_it_is_as_good_as_any(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("django_activejob.job.enqueuing.stand_ins", [KeepsNothing()])
        assert CallJob.perform_later()

    def test_inline_runs_the_job_at_once(self, inline: InlineAdapter) -> None:
        job_class = throttle(to=1, per=3600)(CallJob)
        assert job_class.perform_later()
        assert job_class.perform_later()

    def test_the_test_adapter_shows_it(self, queue: TestAdapter) -> None:
        throttle(to=1, per=3600)(CallJob).perform_later()
        [envelope] = queue.enqueued
        assert envelope.throttle == Throttle(key=f"{PREFIX}/all", to=1, per=3600.0)
