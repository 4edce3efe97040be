from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import override_settings

from django_activejob import (
    ActiveJob,
    before_enqueue,
    before_perform,
    perform_all_later,
    rescue_from,
    retry_on,
    signals,
)
from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import Buried, Envelope
from django_activejob.errors import Abort, EnqueueError, JobCancelled
from django_activejob.instrumentation import notify
from django_activejob.job.execution import execute
from django_activejob.job.packing import pack
from tests.jobs.failing import FailingJob
from tests.jobs.greeting import GreetingJob
from tests.jobs.hello import HelloJob
from tests.jobs.keywords import KeywordJob
from tests.shop.factories import PersonFactory

Lines = Callable[[], list[str]]
ID = r"[0-9a-f-]{36}"


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Lines:
    caplog.set_level(logging.INFO, logger="django_activejob")

    def read() -> list[str]:
        return [re.sub(ID, "…", record.getMessage()) for record in caplog.records]

    return read


class TestEnqueuing:
    @pytest.mark.line("AJ-197", "AJ-200", "AJ-203")
    def test_class_id_queue_and_arguments(self, lines: Lines, queue: TestAdapter) -> None:
        HelloJob.set(queue="low").perform_later("Ada")
        assert lines() == [
            "[ActiveJob] Enqueued tests.jobs.hello.HelloJob (Job ID: …) to Test(low) "
            "with arguments: 'Ada'"
        ]

    @pytest.mark.line("AJ-204")
    def test_without_arguments_nothing_is_said_of_them(
        self, lines: Lines, queue: TestAdapter
    ) -> None:
        HelloJob.perform_later()
        assert lines()[0].endswith("to Test(default)")

    @pytest.mark.line("AJ-214")
    def test_a_scheduled_job_says_when(self, lines: Lines, queue: TestAdapter) -> None:
        HelloJob.perform_at(datetime(2030, 1, 1, tzinfo=UTC), "Ada")
        assert "to Test(default) at 2030-01-01 00:00:00 UTC with" in lines()[0]

    @pytest.mark.line("AJ-205")
    def test_an_abort_is_told(self, lines: Lines, queue: TestAdapter) -> None:
        class RefusedJob(HelloJob):
            @before_enqueue
            def refuse(self) -> None:
                raise Abort

        RefusedJob.perform_later()
        assert lines()[0].endswith("a before_enqueue callback halted the enqueuing execution.")

    @pytest.mark.line("AJ-206", "AJ-218")
    def test_a_failure_is_an_error_with_its_reason(
        self, lines: Lines, queue: TestAdapter, caplog: pytest.LogCaptureFixture
    ) -> None:
        class BrokenJob(HelloJob):
            @before_enqueue
            def break_it(self) -> None:
                raise EnqueueError("no room")

        with pytest.raises(EnqueueError):
            BrokenJob.perform_later()
        assert lines()[0].endswith("to Test(default): EnqueueError (no room)")
        assert caplog.records[0].levelno == logging.ERROR

    @pytest.mark.line("AJ-234")
    def test_many_jobs_are_one_line(self, lines: Lines, queue: TestAdapter) -> None:
        perform_all_later(HelloJob(), FailingJob([]), FailingJob([]))
        assert lines() == [
            "Enqueued 3 jobs to Test (2 tests.jobs.failing.FailingJob, 1 tests.jobs.hello.HelloJob)"
        ]


class TestPerforming:
    @pytest.mark.line("AJ-198", "AJ-199", "AJ-207")
    def test_begin_and_end(self, lines: Lines, queue: TestAdapter) -> None:
        job = HelloJob("Ada")
        envelope = pack(job)
        execute(envelope, adapter=queue)
        begin, end = lines()
        assert "[ActiveJob] [tests.jobs.hello.HelloJob] […] Performing" in begin
        assert " from Test(default)" in begin
        assert begin.endswith("with arguments: 'Ada'")
        assert re.search(r"Performed .* from Test\(default\) in \d+\.\d\dms", end)

    @pytest.mark.line("AJ-201")
    @pytest.mark.django_db
    def test_a_model_instance_is_shown_as_its_global_id(
        self, lines: Lines, queue: TestAdapter
    ) -> None:
        person = PersonFactory.create()
        GreetingJob.perform_later(person)
        assert f"/shop.Person/{person.pk}" in lines()[0]

    @pytest.mark.line("AJ-209")
    def test_an_abort_is_an_error(self, lines: Lines) -> None:
        class RefusedJob(HelloJob):
            @before_perform
            def refuse(self) -> None:
                raise Abort

        RefusedJob.perform_now()
        assert "Error performing" in lines()[-1]
        assert lines()[-1].endswith("a before_perform callback halted the job execution")

    @pytest.mark.line("AJ-221")
    def test_a_failure_shows_error_and_traceback(self, lines: Lines) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - raised without a message
            FailingJob.perform_now(["Value"])
        assert "Error performing tests.jobs.failing.FailingJob" in lines()[-1]
        assert "ValueError ():\nTraceback" in lines()[-1]

    @pytest.mark.line("AJ-224")
    def test_a_retry_says_when_and_why(self, lines: Lines, queue: TestAdapter) -> None:
        @retry_on(ValueError, wait=3, jitter=0)
        class AgainJob(FailingJob):
            pass

        execute(pack(AgainJob(["Value"])), adapter=queue)
        kinds = [line.split("] ")[-1].split()[0] for line in lines()]
        assert kinds == ["Performing", "Enqueued", "Retrying", "Performed"]
        assert lines()[2].endswith("after 1 attempts in 3 seconds, due to a ValueError ().")

    @pytest.mark.line("AJ-227", "AJ-229")
    def test_giving_up_is_told(self, lines: Lines) -> None:
        @retry_on(KeyError, attempts=1, then=lambda job, error: None)
        class VainJob(ActiveJob):
            def perform(self) -> None:
                raise KeyError("k")

        VainJob.perform_now()
        FailingJob.perform_now(["Hopeless"])
        told = [line for line in lines() if "Stopped" in line or "Discarded" in line]
        assert told[0].endswith("due to a KeyError ('k'), which reoccurred on 1 attempts.")
        assert told[1].endswith("due to a Hopeless ().")

    @pytest.mark.line("AJ-213")
    def test_a_job_enqueued_by_a_job_shows_the_outer_one(
        self, lines: Lines, queue: TestAdapter
    ) -> None:
        class OuterJob(ActiveJob):
            def perform(self) -> None:
                HelloJob.perform_later()

        OuterJob.perform_now()
        inner = next(line for line in lines() if "Enqueued" in line)
        assert "OuterJob] […] Enqueued tests.jobs.hello.HelloJob" in inner

    @pytest.mark.line("AJ-212")
    def test_arguments_can_be_hidden(self, lines: Lines, queue: TestAdapter) -> None:
        class SecretJob(HelloJob):
            log_arguments = False

        SecretJob.perform_later("password")
        execute(queue.enqueued.pop(), adapter=queue)
        assert "password" not in "".join(lines())

    @pytest.mark.line("AJ-236", "AJ-239", "AJ-240")
    def test_at_warning_level_all_is_quiet(
        self, caplog: pytest.LogCaptureFixture, queue: TestAdapter
    ) -> None:
        caplog.set_level(logging.WARNING, logger="django_activejob")
        HelloJob.perform_later()
        execute(queue.enqueued.pop(), adapter=queue)
        assert caplog.records == []

    @pytest.mark.line("AJ-202")
    @pytest.mark.django_db
    def test_so_is_one_in_a_keyword_or_a_dict(self, lines: Lines, queue: TestAdapter) -> None:
        person = PersonFactory.create()
        KeywordJob.perform_later(1, {"who": person}, boss=person)
        assert lines()[0].count(f"/shop.Person/{person.pk}") == 2

    @pytest.mark.line("AJ-208")
    def test_perform_now_has_no_time_of_enqueuing(self, lines: Lines) -> None:
        HelloJob.perform_now("Ada")
        assert "enqueued at" not in lines()[0]

    @pytest.mark.line("AJ-210")
    def test_a_job_that_returns_nothing_was_performed(self, lines: Lines) -> None:
        KeywordJob.perform_now(1)
        assert "] Performed " in lines()[-1]

    @pytest.mark.line("AJ-211")
    def test_an_abort_is_told_once_and_not_of_the_next_run(self, lines: Lines) -> None:
        class OnceJob(HelloJob):
            refuses = True

            @before_perform
            def refuse(self) -> None:
                if self.refuses:
                    raise Abort

        job = OnceJob()
        OnceJob.perform_now(job)
        job.refuses = False
        OnceJob.perform_now(job)
        assert sum("halted" in line for line in lines()) == 1

    @pytest.mark.line("AJ-223")
    def test_an_error_that_was_dealt_with_is_no_failure(self, lines: Lines) -> None:
        class CalmJob(FailingJob):
            @rescue_from(ValueError)
            def calm(self) -> None:
                pass

        CalmJob.perform_now(["Value"])
        assert "Error performing" not in "".join(lines())

    @pytest.mark.line("AJ-225")
    def test_a_retry_elsewhere_is_told_with_each_run_s_own_queue(
        self, lines: Lines, queue: TestAdapter
    ) -> None:
        @retry_on(ValueError, wait=0, queue="other")
        class MovingJob(FailingJob):
            pass

        retry = execute(pack(MovingJob(["Value"])), adapter=queue).retry
        assert retry is not None
        execute(retry, adapter=queue)
        ends = [line for line in lines() if "] Performed" in line]
        assert "from Test(default)" in ends[0]
        assert "from Test(other)" in ends[1]

    @pytest.mark.line("AJ-226")
    def test_a_retry_without_a_reason_has_none(self, lines: Lines, queue: TestAdapter) -> None:
        HelloJob().retry_job()
        assert lines()[-1].endswith("after 0 attempts in 0 seconds.")

    @pytest.mark.line("AJ-228")
    def test_retries_in_vain_are_told_though_the_error_is_raised(self, lines: Lines) -> None:
        @retry_on(ValueError, attempts=1)
        class VainJob(FailingJob):
            pass

        with pytest.raises(ValueError):  # noqa: PT011 - raised without a message
            VainJob.perform_now(["Value"])
        kinds = [line.split("] ")[-1].split()[0] for line in lines()]
        assert kinds == ["Performing", "Stopped", "Error"]

    @pytest.mark.line("AJ-241", "AJ-242", "AJ-243", "AJ-244")
    def test_levels(self, caplog: pytest.LogCaptureFixture, queue: TestAdapter) -> None:
        caplog.set_level(logging.WARNING, logger="django_activejob")
        HelloJob().retry_job()
        execute(pack(FailingJob(["Flaky"])), adapter=queue)
        assert caplog.records == []
        caplog.set_level(logging.CRITICAL, logger="django_activejob")
        FailingJob.perform_now(["Hopeless"])
        assert caplog.records == []
        caplog.set_level(logging.ERROR, logger="django_activejob")
        FailingJob.perform_now(["Hopeless"])
        assert len(caplog.records) == 1


class TestSourceLines:
    @pytest.mark.line("AJ-232")
    def test_they_follow_every_line_when_they_are_wanted(
        self, lines: Lines, queue: TestAdapter
    ) -> None:
        with override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "test", "VERBOSE_ENQUEUE_LOGS": True}):
            HelloJob.perform_later()
        assert lines()[1].startswith("↳ ")
        assert "test_log_subscriber.py:" in lines()[1]

    @pytest.mark.line("AJ-233")
    def test_they_are_not_wanted_by_default(self, lines: Lines, queue: TestAdapter) -> None:
        HelloJob.perform_later()
        assert len(lines()) == 1


Records = Callable[[], list[Any]]


@pytest.fixture
def records(caplog: pytest.LogCaptureFixture) -> Records:
    caplog.set_level(logging.INFO, logger="django_activejob")
    return lambda: list(caplog.records)


class TestFacts:
    """What stands in ``extra``, for machines."""

    @pytest.mark.line("AJ-292", "AJ-293")
    def test_enqueued(self, records: Records, queue: TestAdapter) -> None:
        job = HelloJob.set(queue="low").perform_later("Ada")
        assert job is not False
        (record,) = records()
        assert record.event == "active_job.enqueued"
        assert record.job_class == "tests.jobs.hello.HelloJob"
        assert (record.job_id, record.queue, record.adapter) == (job.job_id, "low", "Test")
        assert (record.arguments, record.aborted) == ("'Ada'", False)

    @pytest.mark.line("AJ-294")
    def test_hidden_arguments_are_hidden_here_too(
        self, records: Records, queue: TestAdapter
    ) -> None:
        class SecretJob(HelloJob):
            log_arguments = False

        SecretJob.perform_later("password")
        assert not hasattr(records()[0], "arguments")

    @pytest.mark.line("AJ-295")
    def test_enqueued_at(self, records: Records, queue: TestAdapter) -> None:
        HelloJob.perform_at(datetime(2030, 1, 1, tzinfo=UTC), "Ada")
        assert records()[0].event == "active_job.enqueued_at"
        assert records()[0].scheduled_at == "2030-01-01T00:00:00.000000000Z"

    @pytest.mark.line("AJ-215", "AJ-216", "AJ-219", "AJ-299", "AJ-300")
    @pytest.mark.parametrize("wait", [None, 60])
    def test_an_enqueue_that_did_not_succeed(
        self, wait: int | None, records: Records, queue: TestAdapter
    ) -> None:
        class RefusedJob(HelloJob):
            error: Any = Abort

            @before_enqueue
            def refuse(self) -> None:
                raise self.error

        class BrokenJob(RefusedJob):
            error = ValueError("broken")

        RefusedJob.set(wait=wait).perform_later()
        with pytest.raises(ValueError, match="broken"):
            BrokenJob.set(wait=wait).perform_later()
        aborted, failed = records()
        event = "active_job.enqueued_at" if wait else "active_job.enqueued"
        assert (aborted.event, aborted.aborted) == (event, True)
        assert (failed.event, failed.aborted) == (event, False)
        assert (failed.exception_class, failed.exception_message) == ("ValueError", "broken")
        assert failed.getMessage().endswith("to Test(default): ValueError (broken)")

    @pytest.mark.line("AJ-296", "AJ-297")
    def test_started_and_completed(self, records: Records, queue: TestAdapter) -> None:
        execute(pack(HelloJob("Ada")), adapter=queue)
        started, completed = records()
        assert (started.event, started.queue) == ("active_job.started", "default")
        assert started.enqueued_at.endswith("000Z")
        assert (completed.event, completed.aborted) == ("active_job.completed", False)
        assert completed.duration >= 0

    @pytest.mark.line("AJ-298")
    def test_completed_with_an_error(self, records: Records) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - raised without a message
            FailingJob.perform_now(["Value"])
        record = records()[-1]
        assert (record.event, record.exception_class) == ("active_job.completed", "ValueError")
        assert record.exception_backtrace[0].startswith("Traceback")
        assert record.duration >= 0

    @pytest.mark.line("AJ-301")
    def test_completed_by_an_abort(self, records: Records) -> None:
        class RefusedJob(HelloJob):
            @before_perform
            def refuse(self) -> None:
                raise Abort

        RefusedJob.perform_now()
        assert (records()[-1].event, records()[-1].aborted) == ("active_job.completed", True)

    @pytest.mark.line("AJ-302", "AJ-303")
    def test_retry_scheduled_and_discarded(self, records: Records, queue: TestAdapter) -> None:
        execute(pack(FailingJob(["Flaky"])), adapter=queue)
        execute(pack(FailingJob(["Hopeless"])), adapter=queue)
        events = {record.event: record for record in records()}
        retried = events["active_job.retry_scheduled"]
        assert (retried.executions, retried.wait_seconds) == (1, 0)
        assert retried.exception_class == "tests.jobs.failing.Flaky"
        assert events["active_job.discarded"].exception_class == "tests.jobs.failing.Hopeless"

    @pytest.mark.line("DB-064")
    def test_what_an_operator_has_cancelled_wakes_nobody(
        self, records: Records, queue: TestAdapter
    ) -> None:
        class LeftJob(ActiveJob):
            def perform(self) -> None:
                raise JobCancelled("cancelled by an operator")

        execute(pack(LeftJob()), adapter=queue)
        [discarded] = [each for each in records() if each.event == "active_job.discarded"]
        assert discarded.levelno == logging.INFO
        assert "cancelled by an operator" in discarded.getMessage()

    @pytest.mark.line("AJ-230", "AJ-231", "AJ-304")
    def test_bulk_enqueued(
        self, records: Records, queue: TestAdapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def enqueue(envelope: Envelope) -> None:
            if envelope.payload["arguments"] == ["bad"]:
                raise EnqueueError("no room")

        monkeypatch.setattr(queue, "enqueue", enqueue)
        perform_all_later(HelloJob("good"), HelloJob("bad"))
        perform_all_later(HelloJob("bad"), HelloJob("bad"))
        some, none = records()
        assert some.getMessage() == (
            "Enqueued 1 job to Test (1 tests.jobs.hello.HelloJob). Failed enqueuing 1 job"
        )
        assert (some.job_count, some.enqueued_count, some.failed_enqueue_count) == (2, 1, 1)
        assert some.enqueued_classes == {"tests.jobs.hello.HelloJob": 1}
        assert none.getMessage() == "Failed enqueuing 2 jobs to Test"

    @pytest.mark.line("AJ-237", "AJ-238")
    def test_none_of_it_at_warning_level(
        self, caplog: pytest.LogCaptureFixture, queue: TestAdapter
    ) -> None:
        caplog.set_level(logging.WARNING, logger="django_activejob")
        HelloJob.perform_in(60, "Ada")
        perform_all_later(HelloJob(), HelloJob())
        assert caplog.records == []


class TestProcesses:
    @pytest.mark.line("DB-064")
    @pytest.mark.parametrize(
        ("fate", "told"),
        [
            ("released", "is back in its queue"),
            ("retried", "will be run again"),
            ("failed", "has failed"),
            ("cancelled", "was cancelled by an operator, and does not run again"),
        ],
    )
    def test_what_became_of_the_jobs_of_a_dead_one(
        self, caplog: pytest.LogCaptureFixture, queue: TestAdapter, fate: Any, told: str
    ) -> None:
        buried = Buried(token="1:1", envelope=pack(HelloJob("Ada")), fate=fate)
        notify(signals.process_pruned, adapter=queue, buried=[buried])
        [record] = caplog.records
        assert told in record.getMessage()
