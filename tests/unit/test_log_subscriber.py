from __future__ import annotations

import logging
import re
from collections.abc import Callable

import pytest

from django_activejob import ActiveJob, before_enqueue, before_perform, perform_all_later, retry_on
from django_activejob.adapters.test import TestAdapter
from django_activejob.errors import Abort, EnqueueError
from django_activejob.job.execution import execute
from django_activejob.job.packing import pack
from tests.jobs.failing import FailingJob
from tests.jobs.greeting import GreetingJob
from tests.jobs.hello import HelloJob
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
        from datetime import UTC, datetime

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

    def test_the_facts_are_there_for_machines(
        self, caplog: pytest.LogCaptureFixture, queue: TestAdapter
    ) -> None:
        caplog.set_level(logging.INFO, logger="django_activejob")
        job = HelloJob.perform_later()
        assert job is not False
        assert caplog.records[0].job_id == job.job_id  # type: ignore[attr-defined]  # by extra
        assert caplog.records[0].queue == "default"  # type: ignore[attr-defined]  # by extra
