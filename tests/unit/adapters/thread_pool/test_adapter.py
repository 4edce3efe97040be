from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone, translation

from django_activejob import ActiveJob, handler, perform_all_later
from django_activejob.adapters.thread_pool import AsyncAdapter, timer
from django_activejob.errors import InvalidOptions
from django_activejob.job.enqueuing import adapter_of
from tests.jobs import buffer
from tests.jobs.failing import FailingJob
from tests.jobs.hello import HelloJob
from tests.shop.models import Person
from tests.unit.conftest import Clock
from tests.waiting import until

from .conftest import Make
from .jobs import (
    CountPeopleJob,
    OpaqueJob,
    RememberJob,
    SecondTimeLuckyJob,
    ShutdownJob,
    TellJob,
    ThrottledJob,
    WaitAtTheGateJob,
    gate,
)


@pytest.fixture(autouse=True)
def closed_gate() -> None:
    gate.clear()


@pytest.fixture
def quick_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the timer see at once that the clock has moved."""
    monkeypatch.setattr(timer, "_LONGEST_REST", 0.01)


def enqueued(job: ActiveJob | bool) -> ActiveJob:
    assert isinstance(job, ActiveJob)
    return job


class TestName:
    @pytest.mark.line("AJ-001")
    def test_it_is_built_in_as_async(self) -> None:
        with override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "async"}):
            adapter = adapter_of(HelloJob)
            assert isinstance(adapter, AsyncAdapter)
            assert adapter is handler.adapter("async")
            assert adapter.display_name == "Async"


class TestEnqueuing:
    @pytest.mark.line("AJ-321")
    def test_a_job_runs_in_another_thread(self, adapter: AsyncAdapter) -> None:
        TellJob.perform_later()
        (told,) = until(buffer.lines)
        assert told["thread"] != threading.current_thread().name

    @pytest.mark.line("AJ-328")
    def test_the_job_is_given_a_fresh_id_that_it_sees_when_it_runs(
        self, adapter: AsyncAdapter
    ) -> None:
        first, second = (enqueued(TellJob.perform_later()) for _ in range(2))
        until(lambda: len(buffer.lines()) == 2)
        seen = {told["provider_job_id"] for told in buffer.lines()}
        assert seen == {first.provider_job_id, second.provider_job_id}
        assert len(seen) == 2

    def test_arguments_are_taken_as_they_are_now(self, adapter: AsyncAdapter) -> None:
        bread = ["flour"]
        job = enqueued(RememberJob.set(wait=0.05).perform_later(bread))
        bread.append("stones")
        job.arguments.append("nothing")
        assert until(buffer.lines) == [(["flour"],)]

    def test_a_key_of_a_class_s_own_that_is_no_json_is_refused_at_once(
        self, adapter: AsyncAdapter
    ) -> None:
        with pytest.raises(TypeError, match="object is not JSON serializable"):
            OpaqueJob.perform_later()
        assert adapter.waiting() == 0

    @pytest.mark.line("AJ-330", "AJ-331")
    def test_locale_and_time_zone_are_those_of_the_enqueuer(self, adapter: AsyncAdapter) -> None:
        with translation.override("de"), timezone.override("Asia/Tokyo"):
            TellJob.perform_later()
        (told,) = until(buffer.lines)
        assert (told["locale"], told["timezone"]) == ("de", "Asia/Tokyo")

    @pytest.mark.django_db(transaction=True)
    def test_a_job_waits_for_the_commit(self, adapter: AsyncAdapter) -> None:
        with transaction.atomic():
            Person.objects.create(name="Ada")
            CountPeopleJob.perform_later()
            assert (adapter.waiting(), adapter.running(), buffer.lines()) == (0, 0, [])
        (told,) = until(buffer.lines)
        assert told["people"] == 1


class TestScheduled:
    @pytest.mark.line("AJ-325")
    def test_a_job_that_is_not_due_does_not_run(self, adapter: AsyncAdapter) -> None:
        HelloJob.set(wait=timedelta(minutes=10)).perform_later("later")
        HelloJob.perform_later("now")
        assert until(buffer.lines) == ["now says hello"]
        assert adapter.waiting() == 1

    @pytest.mark.line("AJ-326")
    @pytest.mark.usefixtures("quick_timer")
    def test_it_runs_when_it_is_due(self, adapter: AsyncAdapter, still: Clock) -> None:
        HelloJob.set(wait=5).perform_later("later")
        still.advance(2)
        HelloJob.perform_later("now")
        assert until(buffer.lines) == ["now says hello"]
        assert adapter.waiting() == 1
        still.advance(3)
        assert until(lambda: buffer.lines()[1:]) == ["later says hello"]

    @pytest.mark.line("AJ-327")
    @pytest.mark.usefixtures("quick_timer")
    def test_many_at_once_wait_too_and_come_in_order(self, make: Make, still: Clock) -> None:
        adapter = make(max_threads=1)
        perform_all_later(HelloJob(str(wait)).set(wait=wait) for wait in (3, 1, 2))
        assert (adapter.waiting(), buffer.lines()) == (3, [])
        for _ in range(3):
            before = len(buffer.lines())
            still.advance(1)
            until(lambda before=before: len(buffer.lines()) > before)  # type: ignore[misc]  # bound now
        assert buffer.lines() == [f"{wait} says hello" for wait in (1, 2, 3)]

    @pytest.mark.line("AJ-329")
    def test_it_is_given_an_id_at_once(self, adapter: AsyncAdapter) -> None:
        job = enqueued(HelloJob.set(wait=600).perform_later())
        assert job.provider_job_id

    def test_one_whose_time_has_passed_runs_at_once(self, adapter: AsyncAdapter) -> None:
        HelloJob.set(wait=-1).perform_later()
        assert until(buffer.lines) == ["David says hello"]


class TestErrors:
    def test_a_job_is_retried_until_it_succeeds(self, adapter: AsyncAdapter) -> None:
        FailingJob.perform_later(["Flaky", "Flaky"])
        until(lambda: len(buffer.lines()) == 3)
        assert buffer.lines()[-1] == "succeeded on execution 3"

    @pytest.mark.usefixtures("quick_timer")
    def test_a_retry_waits(self, adapter: AsyncAdapter, still: Clock) -> None:
        SecondTimeLuckyJob.perform_later()
        until(lambda: buffer.lines() == [1] and adapter.waiting())
        still.advance(5)
        until(lambda: buffer.lines() == [1, 2])

    def test_an_error_is_logged_and_the_thread_goes_on(
        self, make: Make, caplog: pytest.LogCaptureFixture
    ) -> None:
        make(max_threads=1)
        FailingJob.perform_later(["Value"])
        HelloJob.perform_later()
        until(lambda: "David says hello" in buffer.lines())
        assert "Error performing tests.jobs.failing.FailingJob" in caplog.text


class TestConnections:
    @pytest.mark.django_db(transaction=True)
    def test_a_job_leaves_none_to_the_next(self, make: Make) -> None:
        make(max_threads=1)
        perform_all_later(CountPeopleJob(), CountPeopleJob())
        until(lambda: len(buffer.lines()) == 2)
        assert buffer.lines() == [{"connections found": 0, "people": 0}] * 2


class TestImmediate:
    @pytest.mark.line("AJ-073")
    def test_a_job_runs_at_once_in_the_thread_that_enqueues_it(self, make: Make) -> None:
        make(immediate=True)
        TellJob.perform_later()
        (told,) = buffer.lines()
        assert told["thread"] == threading.current_thread().name

    @pytest.mark.line("AJ-074")
    def test_one_that_is_scheduled_for_tomorrow_too(self, make: Make) -> None:
        make(immediate=True)
        HelloJob.set(wait=timedelta(days=1)).perform_later("Jamie")
        assert buffer.lines() == ["Jamie says hello"]

    def test_retries_too(self, make: Make) -> None:
        make(immediate=True)
        SecondTimeLuckyJob.perform_later()
        assert buffer.lines() == [1, 2]

    def test_the_error_is_raised(self, make: Make) -> None:
        make(immediate=True)
        with pytest.raises(ValueError):  # noqa: PT011 - the job raises it without a message
            FailingJob.perform_later(["Value"])


class TestShutdown:
    def test_what_runs_and_what_is_due_is_finished(self, make: Make) -> None:
        adapter = make(max_threads=1)
        perform_all_later(WaitAtTheGateJob(str(number)) for number in range(3))
        until(lambda: buffer.lines() == ["0 waits"])
        adapter.shutdown(wait=False)
        assert (adapter.running(), adapter.waiting()) == (1, 2)
        gate.set()
        adapter.shutdown()
        assert buffer.lines()[-1] == "2 goes on"
        assert (adapter.running(), adapter.waiting()) == (0, 0)

    def test_later_jobs_run_in_the_thread_that_enqueues_them(self, adapter: AsyncAdapter) -> None:
        adapter.shutdown()
        TellJob.perform_later()
        (told,) = buffer.lines()
        assert told["thread"] == threading.current_thread().name

    def test_their_errors_stay_in_the_log(
        self, adapter: AsyncAdapter, caplog: pytest.LogCaptureFixture
    ) -> None:
        adapter.shutdown()
        assert FailingJob.perform_later(["Value"])
        assert "Error performing tests.jobs.failing.FailingJob" in caplog.text

    @pytest.mark.usefixtures("quick_timer")
    def test_scheduled_ones_still_run_when_they_are_due(
        self, adapter: AsyncAdapter, still: Clock
    ) -> None:
        HelloJob.set(wait=1).perform_later()
        adapter.shutdown()
        assert buffer.lines() == []
        still.advance(1)
        assert until(buffer.lines) == ["David says hello"]

    def test_a_job_may_ask_for_it(self, adapter: AsyncAdapter) -> None:
        ShutdownJob.perform_later()
        assert until(buffer.lines) == ["shut down"]


class TestClosing:
    def test_what_is_lost_is_counted(self, make: Make, caplog: pytest.LogCaptureFixture) -> None:
        adapter = make(max_threads=1)
        WaitAtTheGateJob.perform_later("0")
        until(buffer.lines)
        HelloJob.perform_later()
        HelloJob.set(wait=600).perform_later()
        with caplog.at_level(logging.WARNING):
            adapter.close()
        assert "2 waiting and 1 running are lost, for their process ends." in caplog.text
        gate.set()
        until(lambda: adapter.running() == 0)
        assert buffer.lines() == ["0 waits", "0 goes on"]
        assert adapter.waiting() == 0

    def test_nothing_is_said_when_nothing_is_lost(
        self, adapter: AsyncAdapter, caplog: pytest.LogCaptureFixture
    ) -> None:
        HelloJob.perform_later()
        until(lambda: buffer.lines() and not adapter.running())
        caplog.clear()
        adapter.close()
        assert caplog.text == ""


class TestOptions:
    @pytest.mark.parametrize(
        ("option", "value", "wanted"),
        [
            ("max_threads", 0, "a whole number of at least 1"),
            ("max_threads", "5", "a whole number of at least 1"),
            ("min_threads", -1, "a whole number from 0 to max_threads (5)"),
            ("min_threads", 6, "a whole number from 0 to max_threads (5)"),
            ("idle_time", 0, "a number of seconds above 0"),
            ("idle_time", True, "a number of seconds above 0"),
        ],
    )
    def test_one_that_makes_no_sense_is_named(
        self, option: str, value: object, wanted: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("ACTIVE_JOB_MAX_THREADS", raising=False)
        with pytest.raises(InvalidOptions) as info:
            AsyncAdapter(**{option: value})  # type: ignore[arg-type]  # the point of the test
        assert str(info.value) == (
            f"The async adapter's option {option!r} is {value!r}; it has to be {wanted}."
        )

    @pytest.mark.parametrize("value", ["many", "0", "-1", "1.5"])
    def test_so_is_the_environment_variable(
        self, value: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ACTIVE_JOB_MAX_THREADS", value)
        with pytest.raises(InvalidOptions) as info:
            AsyncAdapter()
        assert str(info.value) == (
            f"The environment variable ACTIVE_JOB_MAX_THREADS is {value!r}; "
            "it has to be a whole number of at least 1."
        )
        assert AsyncAdapter(max_threads=1)

    def test_the_environment_says_how_many_threads_there_are(
        self, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ACTIVE_JOB_MAX_THREADS", "1")
        adapter = make()
        perform_all_later(WaitAtTheGateJob(str(number)) for number in range(3))
        until(buffer.lines)
        assert (adapter.running(), adapter.waiting()) == (1, 2)
        gate.set()


class TestThrottles:
    def test_more_than_a_period_allows_wait_for_the_next_in_their_order(
        self, make: Make, still: Clock, quick_timer: None
    ) -> None:
        adapter = make(max_threads=1)
        for number in range(5):
            ThrottledJob.perform_later(number)
        until(lambda: len(buffer.lines()) == 2)
        assert adapter.waiting() == 3
        still.advance(61)
        until(lambda: len(buffer.lines()) == 4)
        assert adapter.waiting() == 1
        still.advance(60)
        until(lambda: len(buffer.lines()) == 5)
        assert buffer.lines() == [0, 1, 2, 3, 4]

    def test_a_period_begins_with_its_first_start(self, make: Make, still: Clock) -> None:
        make(max_threads=1)
        ThrottledJob.perform_later(0)
        still.advance(100)
        ThrottledJob.perform_later(1)
        ThrottledJob.perform_later(2)
        until(lambda: buffer.lines() == [0, 1, 2])
