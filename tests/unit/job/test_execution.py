from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone, translation

from django_activejob import (
    ActiveJob,
    before_enqueue,
    before_perform,
    current_job,
    discard_on,
    rescue_from,
    retry_on,
)
from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import Envelope, Execution, Outcome
from django_activejob.errors import Abort, DeserializationError
from django_activejob.job.error_records import error_record
from django_activejob.job.execution import execute
from django_activejob.job.packing import pack
from tests.jobs import buffer
from tests.jobs.failing import FailingJob, Flaky
from tests.jobs.greeting import GreetingJob
from tests.jobs.hello import HelloJob
from tests.shop.factories import PersonFactory


def run(job: ActiveJob, queue: TestAdapter) -> Execution:
    return execute(pack(job), adapter=queue)


class TestOutcomes:
    def test_performed(self, queue: TestAdapter) -> None:
        execution = run(HelloJob("Ada"), queue)
        assert (execution.outcome, execution.error) == (Outcome.PERFORMED, None)
        assert execution.seconds >= 0
        assert buffer.lines() == ["Ada says hello"]

    @pytest.mark.line("RQ-104")
    def test_failed_with_class_message_and_traceback(self, queue: TestAdapter) -> None:
        class BrokenJob(ActiveJob):
            def perform(self) -> None:
                raise ValueError("a screw is loose")

        execution = run(BrokenJob(), queue)
        assert execution.outcome is Outcome.FAILED
        assert execution.error is not None
        assert execution.error.class_name == "ValueError"
        assert execution.error.message == "a screw is loose"
        assert "in perform" in execution.error.traceback

    def test_discarded_keeps_the_error(self, queue: TestAdapter) -> None:
        execution = run(FailingJob(["Hopeless"]), queue)
        assert execution.outcome is Outcome.DISCARDED
        assert execution.error is not None
        assert execution.error.class_name == "tests.jobs.failing.Hopeless"

    def test_a_handler_that_does_not_retry_ends_the_job_as_performed(
        self, queue: TestAdapter
    ) -> None:
        class CalmJob(FailingJob):
            @rescue_from(ValueError)
            def calm(self) -> None:
                pass

        assert run(CalmJob(["Value"]), queue).outcome is Outcome.PERFORMED

    @pytest.mark.line("RQ-105", "RQ-106")
    @pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, GeneratorExit])
    def test_whatever_a_job_raises_is_its_failure(self, kind: Any, queue: TestAdapter) -> None:
        class LeavingJob(ActiveJob):
            def perform(self) -> None:
                raise kind

        assert run(LeavingJob(), queue).outcome is Outcome.FAILED

    def test_an_aborted_job_counts_as_performed(self, queue: TestAdapter) -> None:
        class RefusedJob(HelloJob):
            @before_perform
            def refuse(self) -> None:
                raise Abort

        assert run(RefusedJob(), queue).outcome is Outcome.PERFORMED
        assert buffer.lines() == []

    def test_a_coroutine_function_is_run_to_its_end(self, queue: TestAdapter) -> None:
        class AsyncJob(ActiveJob):
            async def perform(self, name: str) -> str:
                buffer.add(name)
                return name.upper()

        assert AsyncJob.perform_now("ada") == "ADA"
        assert run(AsyncJob("bob"), queue).outcome is Outcome.PERFORMED
        assert buffer.lines() == ["ada", "bob"]


class TestModels:
    @pytest.mark.line("AJ-183")
    @pytest.mark.django_db
    def test_a_job_is_given_the_instance_that_is_in_the_table_now(self, queue: TestAdapter) -> None:
        person = PersonFactory.create(name="Ada")
        envelope = pack(GreetingJob(person))
        person.name = "Ada Lovelace"
        person.save()
        execute(envelope, adapter=queue)
        assert buffer.lines() == ["greeting Ada Lovelace"]


class TestRetries:
    def test_perform_may_ask_for_one_itself(self, queue: TestAdapter) -> None:
        class AgainJob(ActiveJob):
            def perform(self) -> None:
                self.retry_job(wait=10)

        execution = run(AgainJob(), queue)
        assert execution.outcome is Outcome.RETRIED
        assert execution.error is None
        assert queue.enqueued == []

    def test_a_second_one_is_an_ordinary_enqueue(self, queue: TestAdapter) -> None:
        class TwiceJob(ActiveJob):
            def perform(self) -> None:
                self.retry_job()
                self.retry_job()

        execution = run(TwiceJob(), queue)
        assert execution.retry is not None
        assert len(queue.enqueued) == 1

    def test_a_job_that_asks_for_one_and_fails_gets_both(self, queue: TestAdapter) -> None:
        class BothJob(ActiveJob):
            def perform(self) -> None:
                self.retry_job()
                raise ValueError

        execution = run(BothJob(), queue)
        assert (execution.outcome, execution.retry) == (Outcome.FAILED, None)
        assert len(queue.enqueued) == 1

    def test_one_that_is_refused_is_a_failure_not_a_loss(self, queue: TestAdapter) -> None:
        @retry_on(Flaky, wait=0)
        class RefusedJob(FailingJob):
            @before_enqueue
            def only_once(self) -> None:
                if self.executions:
                    raise Abort

        execution = run(RefusedJob(["Flaky"]), queue)
        assert execution.outcome is Outcome.FAILED
        assert execution.error is not None
        assert "its enqueuing did not succeed" in execution.error.traceback

    def test_routing_facts_of_the_claim_are_kept(self, queue: TestAdapter) -> None:
        envelope = pack(FailingJob(["Flaky"]))
        claimed = Envelope(
            payload=envelope.payload,
            queue_name=envelope.queue_name,
            batch_id="b1",
            on_crash="fail",
            extra={"retry": 0},
        )
        retry = execute(claimed, adapter=queue).retry
        assert retry is not None
        assert (retry.batch_id, retry.on_crash, retry.extra) == ("b1", "fail", {"retry": 0})

    @pytest.mark.line("AJ-225")
    def test_the_rest_of_an_execution_sees_the_job_as_it_was(self, queue: TestAdapter) -> None:
        class MovingJob(ActiveJob):
            def perform(self) -> None:
                self.retry_job(queue="other", priority=9, wait=60)
                buffer.add((self.queue_name, self.priority, self.scheduled_at))

        run(MovingJob(), queue)
        assert buffer.lines() == [("default", None, None)]


class TestUnreadable:
    @pytest.mark.line("AJ-190", "RQ-091")
    def test_an_unknown_class_fails_with_a_name_and_what_to_do(self, queue: TestAdapter) -> None:
        payload = {**pack(HelloJob()).payload, "job_class": "shop.GoneJob"}
        envelope = Envelope(payload=payload, queue_name="default")  # type: ignore[arg-type]  # a payload all the same
        execution = execute(envelope, adapter=queue)
        assert execution.outcome is Outcome.FAILED
        assert execution.error is not None
        assert execution.error.class_name == "django_activejob.errors.UnknownJobClass"
        assert "shop.GoneJob: no job class of this name" in execution.error.message
        assert "aliases" in execution.error.message

    @pytest.mark.parametrize("payload", [{}, [], {"job_class": "tests.jobs.hello.HelloJob"}])
    def test_what_is_no_job_fails_as_malformed(self, payload: Any, queue: TestAdapter) -> None:
        execution = execute(Envelope(payload=payload, queue_name="default"), adapter=queue)
        assert execution.outcome is Outcome.FAILED
        assert execution.error is not None
        assert execution.error.class_name == "django_activejob.errors.MalformedPayload"

    @pytest.mark.line("AJ-164", "RQ-088")
    def test_arguments_that_cannot_be_decoded_meet_the_handlers(self, queue: TestAdapter) -> None:
        @discard_on(DeserializationError)
        class PickyJob(HelloJob):
            pass

        payload = {**pack(PickyJob()).payload, "arguments": [{"_aj_serialized": "No::Such"}]}
        envelope = Envelope(payload=payload, queue_name="default")  # type: ignore[arg-type]  # a payload all the same
        assert execute(envelope, adapter=queue).outcome is Outcome.DISCARDED
        assert buffer.lines() == []


class TestSurroundings:
    @pytest.mark.line("AJ-319", "AJ-330")
    def test_a_job_runs_in_the_locale_of_its_enqueuer(self, queue: TestAdapter) -> None:
        class SpeakingJob(ActiveJob):
            def perform(self) -> None:
                buffer.add(translation.get_language())

        with translation.override("de"):
            envelope = pack(SpeakingJob())
        execute(envelope, adapter=queue)
        assert buffer.lines() == ["de"]
        assert translation.get_language() == "en"

    @pytest.mark.line("AJ-316", "AJ-317", "AJ-331")
    def test_a_job_runs_in_the_zone_it_was_made_in(self, queue: TestAdapter) -> None:
        class LocalJob(ActiveJob):
            def perform(self) -> None:
                buffer.add(timezone.get_current_timezone_name())

        with timezone.override("Asia/Tokyo"):
            job = LocalJob()
        run(job, queue)
        assert buffer.lines() == ["Asia/Tokyo"]

    @pytest.mark.line("AJ-318", "AJ-320")
    def test_its_handlers_run_there_too(self, queue: TestAdapter) -> None:
        class SorryJob(ActiveJob):
            @rescue_from(ValueError)
            def sorry(self) -> None:
                buffer.add((translation.get_language(), timezone.get_current_timezone_name()))

            def perform(self) -> None:
                raise ValueError

        job = SorryJob()
        job.locale, job.timezone = "fr", "Europe/Paris"
        run(job, queue)
        assert buffer.lines() == [("fr", "Europe/Paris")]

    def test_an_unknown_zone_meets_the_handlers(self, queue: TestAdapter) -> None:
        @discard_on(Exception)
        class LostJob(HelloJob):
            pass

        job = LostJob()
        job.timezone = "Mars/Olympus"
        assert run(job, queue).outcome is Outcome.DISCARDED

    def test_current_job_is_the_one_that_runs(self, queue: TestAdapter) -> None:
        class CuriousJob(ActiveJob):
            def perform(self) -> None:
                buffer.add(current_job() is self)

        run(CuriousJob(), queue)
        assert buffer.lines() == [True]
        assert current_job() is None


class TestErrorRecord:
    @pytest.mark.line("RQ-097")
    def test_an_exception_that_cannot_be_shown_is_recorded_all_the_same(self) -> None:
        class Shy(Exception):
            def __str__(self) -> str:
                raise RuntimeError("no")

        record = error_record(Shy())
        assert record.message == "<the message of this Shy cannot be shown>"
        assert "Shy" in record.class_name
