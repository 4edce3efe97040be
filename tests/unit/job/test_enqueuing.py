from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings
from typing_extensions import override

from django_activejob import ActiveJob, handler, perform_all_later, queue_as, queue_with_priority
from django_activejob.adapters.inline import InlineAdapter
from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import Envelope
from django_activejob.errors import (
    ConfigurationError,
    EnqueueError,
    PayloadTooLarge,
    SerializationError,
)
from django_activejob.job.enqueuing import adapter_of
from tests.jobs import buffer
from tests.jobs.hello import HelloJob
from tests.jobs.keywords import KeywordJob
from tests.unit.conftest import Clock


class RefusingAdapter(TestAdapter):
    supports_delay = True
    refuses = True

    @override
    def enqueue(self, envelope: Envelope) -> None:
        if self.refuses:
            raise EnqueueError("no room")
        super().enqueue(envelope)


class TestPerformLater:
    @pytest.mark.line("AJ-273", "AJ-275", "AJ-328")
    def test_the_envelope_carries_the_payload_and_its_routing(self, queue: TestAdapter) -> None:
        job = HelloJob.perform_later("Ada")
        assert isinstance(job, HelloJob)
        assert job.arguments == ["Ada"]
        assert job.successfully_enqueued is True
        (envelope,) = queue.enqueued
        assert envelope.payload["job_class"] == "tests.jobs.hello.HelloJob"
        assert envelope.payload["job_id"] == job.job_id
        assert (envelope.queue_name, envelope.priority) == ("default", 0)
        assert envelope.scheduled_at is None

    @pytest.mark.line("AJ-272")
    @pytest.mark.usefixtures("inline")
    def test_an_adapter_that_performs_runs_it(self) -> None:
        HelloJob.perform_later("Ada")
        assert buffer.lines() == ["Ada says hello"]

    @pytest.mark.line("AJ-059")
    @pytest.mark.usefixtures("inline")
    def test_positional_and_keyword_arguments_arrive(self) -> None:
        KeywordJob.perform_later(1, 2, flag=True, colour="red")
        assert buffer.lines() == [(1, (2,), True, {"colour": "red"})]

    def test_arguments_that_perform_does_not_take_are_refused_at_once(
        self, queue: TestAdapter
    ) -> None:
        with pytest.raises(
            TypeError, match=r"hello.HelloJob: perform\(name='David'\) does not take"
        ):
            HelloJob.perform_later("Ada", "Bob")  # type: ignore[call-arg]  # the mistake tested
        with pytest.raises(TypeError, match="missing a required argument: 'first'"):
            KeywordJob.perform_later(flag=True)  # type: ignore[call-arg]  # the mistake that is tested
        assert queue.enqueued == []

    def test_an_argument_without_a_json_form_is_refused_with_its_place(
        self, queue: TestAdapter
    ) -> None:
        with pytest.raises(SerializationError, match=r'arguments\[1\]\["at"\]'):
            KeywordJob.perform_later(1, {"at": object()})
        assert queue.enqueued == []

    @pytest.mark.line("AJ-132", "AJ-277")
    def test_the_job_itself_tells_what_became_of_it(self, queue: TestAdapter) -> None:
        job = HelloJob("Ada").set(queue="low")
        assert job.enqueue() is job
        assert (job.successfully_enqueued, job.enqueue_error) == (True, None)
        assert job.queue_name == "low"

    @pytest.mark.line("AJ-279", "AJ-280")
    def test_a_refusal_is_kept_on_the_job_until_it_succeeds(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        adapter = RefusingAdapter()
        monkeypatch.setattr(HelloJob, "queue_adapter", adapter)
        job = HelloJob()
        assert job.enqueue() is False
        assert str(job.enqueue_error) == "no room"
        adapter.refuses = False
        assert job.enqueue() is job
        assert (job.enqueue_error, job.successfully_enqueued) == (None, True)

    def test_a_job_given_to_its_own_class_is_taken_as_it_is(self, queue: TestAdapter) -> None:
        job = HelloJob("Ada")
        assert HelloJob.perform_later(job) is job  # type: ignore[arg-type]  # Active Job's shortcut

    def test_async_code_has_its_twin(self, queue: TestAdapter) -> None:
        async def view() -> None:
            assert isinstance(await HelloJob.aperform_later("Ada"), HelloJob)
            assert isinstance(await HelloJob.set(queue="x").aperform_later("Ada"), HelloJob)

        asyncio.run(view())
        assert [envelope.queue_name for envelope in queue.enqueued] == ["default", "x"]

    def test_an_adapter_that_cannot_wait_says_so(self, inline: InlineAdapter) -> None:
        with pytest.raises(ConfigurationError, match="the Inline adapter cannot run a job later"):
            HelloJob.set(wait=10).perform_later()


class TestOptions:
    @pytest.mark.line("AJ-276", "AJ-217")
    def test_wait_is_counted_from_now(self, queue: TestAdapter, still: Clock) -> None:
        for job in (
            HelloJob.set(wait=60).perform_later(),
            HelloJob.set(wait=timedelta(minutes=1)).perform_later(),
            HelloJob.perform_in(60, "Ada"),
        ):
            assert job is not False
            assert job.scheduled_at == still.time + timedelta(minutes=1)

    @pytest.mark.line("AJ-274")
    def test_wait_until_wins_and_may_lie_in_the_past(self, queue: TestAdapter) -> None:
        past = datetime(2001, 2, 3, tzinfo=UTC)
        job = HelloJob.set(wait=60, wait_until=past).perform_later()
        assert job is not False
        assert job.scheduled_at == past
        assert queue.enqueued[0].payload["scheduled_at"] == "2001-02-03T00:00:00.000000000Z"

    @pytest.mark.line("RQ-148")
    def test_a_naive_moment_is_in_the_current_zone(self, queue: TestAdapter) -> None:
        job = HelloJob.perform_at(datetime(2030, 1, 1), "Ada")
        assert job is not False
        assert job.scheduled_at == datetime(2030, 1, 1, tzinfo=UTC)

    @pytest.mark.line("AJ-263", "AJ-270")
    def test_they_are_visible_in_perform_now(self) -> None:
        class SeeingJob(ActiveJob):
            def perform(self) -> None:
                buffer.add((self.queue_name, self.priority))

        SeeingJob.set(queue="low", priority=7).perform_now()
        assert buffer.lines() == [("low", 7)]

    @pytest.mark.line("AJ-264", "AJ-271", "AJ-278")
    def test_queue_and_priority(self, queue: TestAdapter) -> None:
        HelloJob.set(queue="low", priority=7).perform_later()
        (envelope,) = queue.enqueued
        assert (envelope.queue_name, envelope.priority) == ("low", 7)
        assert envelope.payload["priority"] == 7

    def test_a_job_has_them_too_and_returns_itself(self, queue: TestAdapter) -> None:
        job = HelloJob("Ada").set(queue="low").set(priority=3)
        assert isinstance(job, HelloJob)
        assert job.enqueue() is job
        assert (queue.enqueued[0].queue_name, queue.enqueued[0].priority) == ("low", 3)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"wiat": 3}, r"set\(wiat=…\): no such option. There are: wait, wait_until"),
            ({"wait": "3"}, r"set\(wait='3'\): give seconds or a timedelta"),
            ({"wait_until": 3}, r"set\(wait_until=3\): give a datetime"),
        ],
    )
    def test_a_wrong_one_is_named(self, options: dict[str, object], message: str) -> None:
        with pytest.raises(TypeError, match=message):
            HelloJob.set(**options)  # type: ignore[arg-type]  # the mistake that is tested


class TestQueueNames:
    @pytest.mark.line("AJ-251", "AJ-254")
    def test_the_default_and_none_mean_the_default_queue(self) -> None:
        @queue_as(None)
        class NoneJob(ActiveJob):
            pass

        assert HelloJob().queue_name == "default"
        assert NoneJob().queue_name == "default"

    @pytest.mark.line("AJ-252", "AJ-253", "AJ-255", "AJ-256")
    def test_a_name_or_a_callable_that_is_given_the_job(self) -> None:
        @queue_as("reports")
        class NamedJob(HelloJob):
            pass

        @queue_as(lambda job: "vip" if job.arguments == ["Ada"] else None)
        class ChosenJob(HelloJob):
            pass

        @queue_as("")
        class EmptyJob(HelloJob):
            pass

        assert NamedJob().queue_name == "reports"
        assert ChosenJob("Ada").queue_name == "vip"
        assert ChosenJob("Bob").queue_name == "default"
        assert EmptyJob().queue_name == ""

    @pytest.mark.line("AJ-257", "AJ-258", "AJ-259", "AJ-260", "AJ-261", "AJ-262")
    def test_a_prefix_stands_before_every_name(self) -> None:
        @queue_as("low")
        class OwnJob(HelloJob):
            queue_name_prefix = "own"

        class FreeJob(HelloJob):
            queue_name_prefix = ""

        with override_settings(
            ACTIVE_JOB={
                "QUEUE_NAME_PREFIX": "live",
                "QUEUE_NAME_DELIMITER": ".",
                "DEFAULT_QUEUE_NAME": "main",
            }
        ):
            assert HelloJob().queue_name == "live.main"
            assert HelloJob().set(queue="low").queue_name == "live.low"
            assert OwnJob().queue_name == "own.low"
            assert FreeJob().queue_name == "main"

    @pytest.mark.line("AJ-265", "AJ-266", "AJ-267", "AJ-268", "AJ-269")
    def test_priority_is_said_at_the_class_or_worked_out(self) -> None:
        @queue_with_priority(5)
        class UrgentJob(HelloJob):
            pass

        @queue_with_priority(lambda job: len(job.arguments[0]))
        class ComputedJob(HelloJob):
            pass

        assert HelloJob().priority is None
        assert UrgentJob().priority == 5
        assert ComputedJob("Ada").priority == 3
        with override_settings(ACTIVE_JOB={"DEFAULT_PRIORITY": 20}):
            assert HelloJob().priority == 20


class TestAdapters:
    @pytest.mark.line("AJ-246")
    def test_each_class_may_have_its_own(self) -> None:
        class ParentJob(ActiveJob):
            queue_adapter = "inline"

        class ChildJob(ParentJob):
            queue_adapter = "test"

        class OtherJob(ParentJob):
            pass

        assert isinstance(adapter_of(ParentJob), InlineAdapter)
        assert isinstance(adapter_of(ChildJob), TestAdapter)
        assert adapter_of(OtherJob) is adapter_of(ParentJob)
        assert adapter_of(ActiveJob) is handler.adapter()

    @pytest.mark.line("AJ-245")
    @pytest.mark.parametrize("wrong", [object(), TestAdapter, 42])
    def test_what_is_no_adapter_is_refused(self, wrong: Any) -> None:
        class ConfusedJob(HelloJob):
            queue_adapter = wrong

        with pytest.raises(ConfigurationError, match=r"queue_adapter: .* is no queue adapter\."):
            ConfusedJob.perform_later()

    @pytest.mark.line("AJ-248", "AJ-250")
    def test_an_adapter_s_names_come_from_its_class_or_are_its_own(self) -> None:
        class StubOneAdapter(TestAdapter):
            pass

        class NamedAdapter(TestAdapter):
            name = "my_own"
            display_name = "MyOwn"

        assert (StubOneAdapter().name, StubOneAdapter().display_name) == ("stub_one", "StubOne")
        assert (NamedAdapter().name, NamedAdapter().display_name) == ("my_own", "MyOwn")

    @pytest.mark.line("AJ-235")
    def test_one_that_gives_no_receipts_has_enqueued_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        adapter = TestAdapter()
        monkeypatch.setattr(adapter, "enqueue_all", lambda envelopes: None)
        monkeypatch.setattr(HelloJob, "queue_adapter", adapter)
        job = HelloJob()
        perform_all_later(job)
        assert job.successfully_enqueued is False
        assert str(job.enqueue_error) == "The adapter gave no receipt for this job."


class TestPayloadLimit:
    @pytest.mark.line("RQ-095")
    def test_arguments_over_the_limit_are_refused_with_their_size(self, queue: TestAdapter) -> None:
        with override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "test", "PAYLOAD_LIMIT": 1000}):
            HelloJob.perform_later("x" * 990)
            with pytest.raises(PayloadTooLarge, match=r"take 1,004 bytes of JSON"):
                HelloJob.perform_later("x" * 1000)
            with pytest.raises(PayloadTooLarge, match=r"PAYLOAD_LIMIT.* is 1,000"):
                KeywordJob.perform_later(*range(300), long={"deep": ["ü" * 200]})

    def test_none_means_no_limit(self, queue: TestAdapter) -> None:
        with override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "test", "PAYLOAD_LIMIT": None}):
            assert HelloJob.perform_later("x" * 20_000_000)


class TestPerformAllLater:
    def test_arguments_are_checked_before_anything_is_written(self, queue: TestAdapter) -> None:
        with pytest.raises(TypeError, match="does not take these arguments"):
            perform_all_later(HelloJob("a"), HelloJob("b", "c"))
        assert queue.enqueued == []

    @pytest.mark.line("AJ-281", "AJ-282", "AJ-283")
    def test_jobs_and_nested_lists_of_mixed_classes(self, queue: TestAdapter) -> None:
        perform_all_later(HelloJob("a"), [HelloJob("b"), [KeywordJob(1, flag=True)]])
        classes = [e.payload["job_class"].rpartition(".")[2] for e in queue.enqueued]
        assert classes == ["HelloJob", "HelloJob", "KeywordJob"]

    @pytest.mark.line("AJ-284")
    def test_each_keeps_its_time(self, queue: TestAdapter, still: Clock) -> None:
        perform_all_later(HelloJob("a"), HelloJob("b").set(wait=60))
        times = [e.scheduled_at for e in queue.enqueued]
        assert times == [None, still.time + timedelta(minutes=1)]

    @pytest.mark.line("AJ-286")
    def test_each_job_tells_what_became_of_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        adapter = RefusingAdapter()
        monkeypatch.setattr(HelloJob, "queue_adapter", adapter)
        job = HelloJob("a")
        perform_all_later(job)
        assert job.successfully_enqueued is False
        assert str(job.enqueue_error) == "no room"
        adapter.refuses = False
        perform_all_later(job)
        assert (job.successfully_enqueued, job.enqueue_error) == (True, None)

    def test_nothing_is_nothing(self, queue: TestAdapter) -> None:
        perform_all_later()
        perform_all_later([])
        assert queue.enqueued == []
