from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from django_activejob import (
    ActiveJob,
    after_discard,
    before_enqueue,
    discard_on,
    rescue_from,
    retry_on,
)
from django_activejob.adapters.inline import InlineAdapter
from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import Outcome
from django_activejob.errors import ConfigurationError, RecordNotFound
from django_activejob.job.execution import execute
from django_activejob.job.packing import pack
from tests.jobs import buffer
from tests.jobs.failing import FailingJob, Flaky, Hopeless, Other
from tests.shop.factories import PersonFactory
from tests.unit.conftest import Clock


@pytest.mark.usefixtures("inline")
class TestRetryOn:
    @pytest.mark.line("AJ-140", "AJ-162")
    def test_any_of_its_errors_is_retried_to_success(self) -> None:
        FailingJob.perform_later(["Flaky", "Other", "Flaky"])
        assert buffer.lines()[-1] == "succeeded on execution 4"

    @pytest.mark.line("AJ-142", "AJ-144")
    def test_the_errors_of_one_declaration_share_a_counter_and_the_last_one_is_raised(self) -> None:
        with pytest.raises(Other):
            FailingJob.perform_later(["Flaky", "Other", "Flaky", "Other"])
        assert len(buffer.lines()) == 4

    @pytest.mark.line("AJ-143")
    def test_separate_declarations_count_apart(self) -> None:
        @retry_on(Flaky, wait=0, attempts=3)
        @retry_on(Other, wait=0, attempts=3)
        class ApartJob(FailingJob):
            pass

        ApartJob.perform_later(["Flaky", "Other", "Flaky", "Other"])
        assert buffer.lines()[-1] == "succeeded on execution 5"

    @pytest.mark.line("AJ-148", "AJ-172")
    def test_then_is_called_after_the_last_attempt_and_nothing_is_raised(self) -> None:
        @retry_on(ValueError, wait=0, attempts=2, then=lambda job, error: buffer.add((job, error)))
        class GivingUpJob(FailingJob):
            @after_discard
            def note(self, error: Exception) -> None:
                buffer.add("discarded")

        GivingUpJob.perform_later(["Value", "Value", "Value"])
        (job, error), last = buffer.lines()[-2:]
        assert isinstance(job, GivingUpJob)
        assert isinstance(error, ValueError)
        assert last == "discarded"

    @pytest.mark.line("AJ-141", "AJ-145")
    def test_attempts_count_the_first_execution(self) -> None:
        @retry_on(ValueError, wait=0, attempts=10)
        class PatientJob(FailingJob):
            pass

        PatientJob.perform_later(["Value"] * 9)
        assert buffer.lines()[-1] == "succeeded on execution 10"
        buffer.clear()
        with pytest.raises(ValueError):  # noqa: PT011 - raised without a message
            PatientJob.perform_later(["Value"] * 10)
        assert len(buffer.lines()) == 10

    @pytest.mark.line("AJ-173")
    def test_handlers_of_a_subclass_s_error_and_of_its_parent_give_up_once(self) -> None:
        class Child(Flaky):
            pass

        @retry_on(Child, wait=0, attempts=2)
        @retry_on(Flaky, wait=0, attempts=2)
        class FamilyJob(ActiveJob):
            def perform(self) -> None:
                raise Child

            @after_discard
            def note(self, error: Exception) -> None:
                buffer.add("discarded")

        with pytest.raises(Child):
            FamilyJob.perform_later()
        assert buffer.lines() == ["discarded"]

    @pytest.mark.line("AJ-165")
    def test_unlimited_goes_on_beyond_the_default(self) -> None:
        @retry_on(ValueError, wait=0, attempts="unlimited")
        class StubbornJob(FailingJob):
            pass

        StubbornJob.perform_later(["Value"] * 12)
        assert buffer.lines()[-1] == "succeeded on execution 13"

    @pytest.mark.line("EX-031")
    def test_the_cause_of_an_error_is_looked_at_too(self) -> None:
        @retry_on(Flaky, wait=0, attempts=2)
        class WrappingJob(ActiveJob):
            def perform(self) -> None:
                buffer.add(self.executions)
                if self.executions == 1:
                    raise RuntimeError from Flaky()

        WrappingJob.perform_later()
        assert buffer.lines() == [1, 2]

    def test_a_dotted_name_stands_for_the_class(self) -> None:
        @retry_on("tests.jobs.failing.Flaky", wait=0)
        class NamedJob(ActiveJob):
            def perform(self) -> None:
                if self.executions == 1:
                    raise Flaky
                buffer.add(self.exception_executions)

        NamedJob.perform_later()
        assert buffer.lines() == [{"[tests.jobs.failing.Flaky]": 1}]


class TestRetryOnAnAdapter:
    @pytest.mark.line("AJ-119")
    def test_the_retry_keeps_the_id_and_counts(self, queue: TestAdapter, still: Clock) -> None:
        FailingJob.perform_later(["Flaky"])
        envelope = queue.enqueued.pop()
        execution = execute(envelope, adapter=queue)
        assert execution.outcome is Outcome.RETRIED
        assert execution.retry is not None
        retried = execution.retry.payload
        assert retried["job_id"] == envelope.payload["job_id"]
        assert retried["executions"] == 1
        assert retried["exception_executions"] == {
            "[tests.jobs.failing.Flaky, tests.jobs.failing.Other]": 1
        }
        assert queue.enqueued == []

    @pytest.mark.line("AJ-156", "AJ-157")
    def test_wait_queue_and_priority_of_the_retry(self, queue: TestAdapter, still: Clock) -> None:
        @retry_on(ValueError, wait=timedelta(minutes=5), jitter=0, queue="later", priority=7)
        class ElsewhereJob(FailingJob):
            pass

        ElsewhereJob.perform_later(["Value"])
        retry = execute(queue.enqueued.pop(), adapter=queue).retry
        assert retry is not None
        assert (retry.queue_name, retry.priority) == ("later", 7)
        assert retry.scheduled_at == still.time + timedelta(minutes=5)

    @pytest.mark.line("AJ-161")
    def test_each_declaration_s_wait_grows_by_its_own_counter(
        self, queue: TestAdapter, still: Clock
    ) -> None:
        @retry_on(Flaky, wait=lambda count: count * 10)
        @retry_on(Other, wait=lambda count: count * 100)
        class AlternatingJob(FailingJob):
            pass

        AlternatingJob.perform_later(["Flaky", "Other", "Flaky", "Other"])
        envelope = queue.enqueued.pop()
        waits = []
        for _ in range(4):
            retry = execute(envelope, adapter=queue).retry
            assert retry is not None
            assert retry.scheduled_at is not None
            waits.append((retry.scheduled_at - still.time).total_seconds())
            envelope = retry
        assert waits == [10, 100, 20, 200]

    @pytest.mark.line("AJ-154")
    def test_jitter_makes_the_wait_random(
        self, queue: TestAdapter, still: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        @retry_on(Flaky, wait="polynomially_longer", jitter=1.2)
        class JitteryJob(FailingJob):
            pass

        monkeypatch.setattr("random.random", lambda: 0.5)
        retry = execute(pack(JitteryJob(["Flaky"])), adapter=queue).retry
        assert retry is not None
        assert retry.scheduled_at is not None
        assert (retry.scheduled_at - still.time).total_seconds() == 1 + 0.6 + 2

    @pytest.mark.line("AJ-167")
    def test_such_a_payload_that_ran_four_times_runs_once_more(self, queue: TestAdapter) -> None:
        @retry_on(Flaky, wait=0, attempts=5)
        class OldJob(FailingJob):
            pass

        job = OldJob(["Flaky"] * 9)
        job.executions = 4
        job.exception_executions = None  # type: ignore[assignment]  # as Rails 5 wrote it
        assert execute(pack(job), adapter=queue).outcome is Outcome.FAILED

    @pytest.mark.line("AJ-168")
    def test_an_error_of_a_callback_while_perform_enqueues_itself_is_retried(
        self, queue: TestAdapter
    ) -> None:
        @retry_on(Flaky, wait=0)
        class EnqueueingJob(ActiveJob):
            refuses = True

            @before_enqueue
            def refuse_once(self) -> None:
                if self.executions and self.refuses:
                    self.refuses = False
                    raise Flaky

            def perform(self) -> None:
                self.enqueue()

        execution = execute(pack(EnqueueingJob()), adapter=queue)
        assert execution.outcome is Outcome.RETRIED
        assert execution.retry is not None
        assert execution.retry.payload["executions"] == 1

    @pytest.mark.line("AJ-166")
    def test_a_payload_with_null_counters_counts_by_executions(self, queue: TestAdapter) -> None:
        job = FailingJob(["Flaky"] * 9)
        job.executions = 3
        job.exception_executions = None  # type: ignore[assignment]  # as Rails 5 wrote it
        execution = execute(pack(job), adapter=queue)
        assert execution.outcome is Outcome.FAILED


@pytest.mark.usefixtures("inline")
class TestDiscardOn:
    @pytest.mark.line("AJ-146", "AJ-174")
    def test_the_job_runs_once_and_nothing_is_raised(self) -> None:
        FailingJob.perform_later(["Hopeless"])
        assert buffer.lines() == ["raised Hopeless on execution 1"]

    @pytest.mark.line("AJ-163")
    def test_any_of_its_errors_is_discarded(self) -> None:
        @discard_on(Flaky, ValueError)
        class PickyJob(FailingJob):
            pass

        PickyJob.perform_later(["Flaky"])
        PickyJob.perform_later(["Value"])
        assert len(buffer.lines()) == 2

    @pytest.mark.line("AJ-147", "AJ-175")
    def test_then_is_given_the_job_and_the_error_before_after_discard(self) -> None:
        @discard_on(ValueError, then=lambda job, error: buffer.add(type(error)))
        class DroppedJob(FailingJob):
            @after_discard
            def note(self, error: Exception) -> None:
                buffer.add("after")

        DroppedJob.perform_later(["Value"])
        assert buffer.lines()[1:] == [ValueError, "after"]


class TestReport:
    @pytest.mark.line("AJ-169", "AJ-170")
    @pytest.mark.parametrize("decorator", [retry_on, discard_on])
    def test_errors_that_are_dealt_with_can_be_told(
        self, decorator: Any, queue: TestAdapter, caplog: pytest.LogCaptureFixture
    ) -> None:
        @decorator(ValueError, report=True)
        class ReportingJob(FailingJob):
            pass

        with caplog.at_level("WARNING", logger="django_activejob"):
            execute(pack(ReportingJob(["Value"])), adapter=queue)
        told = [record for record in caplog.records if record.levelname == "WARNING"]
        assert len(told) == 1
        assert "has dealt with an error: ValueError ()" in told[0].getMessage()


class TestRescueFrom:
    @pytest.mark.line("AJ-287")
    def test_a_method_may_change_the_arguments_and_retry(self, inline: InlineAdapter) -> None:
        class MendingJob(ActiveJob):
            def perform(self, who: str) -> None:
                if who == "nobody":
                    raise ValueError("nobody")
                buffer.add(f"performed for {who}")

            @rescue_from(ValueError)
            def mend(self, error: ValueError) -> None:
                buffer.add(f"rescued from {error}")
                self.arguments = ["somebody"]
                assert self.retry_job() is self

        MendingJob.perform_later("nobody")
        assert buffer.lines() == ["rescued from nobody", "performed for somebody"]

    @pytest.mark.line("AJ-288", "EX-032")
    def test_without_a_handler_the_error_comes_out_of_perform_now(self) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - raised without a message
            FailingJob.perform_now(["Value"])

    @pytest.mark.line("AJ-291")
    def test_it_handles_what_is_no_exception_class_of_the_ordinary_kind(self) -> None:
        @rescue_from(SystemExit, method="stay")
        class LeavingJob(ActiveJob):
            def stay(self) -> None:
                buffer.add("stayed")

            def perform(self) -> None:
                raise SystemExit(3)

        assert isinstance(LeavingJob.perform_now(), SystemExit)
        assert buffer.lines() == ["stayed"]

    @pytest.mark.line("AJ-289", "AJ-290")
    @pytest.mark.django_db
    @pytest.mark.parametrize("nested", [False, True])
    def test_a_missing_record_can_be_rescued_with_its_cause(
        self, nested: bool, queue: TestAdapter
    ) -> None:
        class GreetingJob(ActiveJob):
            @rescue_from(RecordNotFound)
            def miss(self, error: RecordNotFound) -> None:
                buffer.add((type(error), type(error.__cause__).__name__, self.arguments))

            def perform(self, person: Any) -> None:
                buffer.add("performed")

        person = PersonFactory.create()
        envelope = pack(GreetingJob([person] if nested else person))
        person.delete()
        execute(envelope, adapter=queue)
        assert buffer.lines() == [(RecordNotFound, "RecordNotFound", [])]

    @pytest.mark.line("EX-026")
    def test_of_two_for_one_error_the_last_one_declared_has_it(self) -> None:
        class TwiceJob(ActiveJob):
            @rescue_from(ValueError)
            def first(self) -> None:
                buffer.add("first")

            @rescue_from(ValueError)
            def last(self) -> None:
                buffer.add("last")

            def perform(self) -> None:
                raise ValueError

        TwiceJob.perform_now()
        assert buffer.lines() == ["last"]

    @pytest.mark.line("EX-027", "EX-028")
    def test_a_method_may_take_the_error_or_leave_it(self) -> None:
        class EitherJob(ActiveJob):
            @rescue_from(ValueError)
            def without(self) -> None:
                buffer.add("a ValueError")

            @rescue_from(KeyError)
            def with_it(self, error: KeyError) -> None:
                buffer.add(error.args)

            def perform(self, error: str) -> None:
                raise {"v": ValueError(1), "k": KeyError(2)}[error]

        EitherJob.perform_now("v")
        EitherJob.perform_now("k")
        assert buffer.lines() == ["a ValueError", (2,)]

    @pytest.mark.line("EX-029")
    def test_a_class_may_say_itself_which_errors_are_its_own(self) -> None:
        class Even(type):
            def __instancecheck__(cls, error: object) -> bool:
                return isinstance(error, ValueError) and error.args[0] % 2 == 0

        class EvenError(Exception, metaclass=Even):
            pass

        class ChoosyJob(ActiveJob):
            @rescue_from(EvenError)
            def rescue(self, error: ValueError) -> None:
                buffer.add(error.args[0])

            def perform(self, number: int) -> None:
                raise ValueError(number)

        ChoosyJob.perform_now(2)
        with pytest.raises(ValueError, match="3"):
            ChoosyJob.perform_now(3)
        assert buffer.lines() == [2]

    @pytest.mark.line("EX-033")
    def test_errors_that_cause_each_other_come_to_an_end(self) -> None:
        class CircularJob(ActiveJob):
            @rescue_from(KeyError)
            def rescue(self) -> None:
                buffer.add("rescued")

            def perform(self) -> None:
                first, second = ValueError("first"), ValueError("second")
                first.__cause__, second.__cause__ = second, first
                raise first

        with pytest.raises(ValueError, match="first"):
            CircularJob.perform_now()
        assert buffer.lines() == []

    def test_what_a_handler_raises_comes_out_in_the_error_s_place(self) -> None:
        class WorseJob(ActiveJob):
            @rescue_from(ValueError)
            def worsen(self, error: ValueError) -> None:
                raise KeyError("worse") from error

            def perform(self) -> None:
                raise ValueError

        with pytest.raises(KeyError, match="worse"):
            WorseJob.perform_now()


class TestOrder:
    def test_decorators_read_like_except_clauses_from_the_top(self) -> None:
        @rescue_from(ValueError, method="specific")
        @rescue_from(Exception, method="broad")
        class OrderedJob(ActiveJob):
            def perform(self, error: str) -> None:
                raise {"value": ValueError, "key": KeyError}[error]

            def specific(self) -> None:
                buffer.add("specific")

            def broad(self) -> None:
                buffer.add("broad")

        OrderedJob.perform_now("value")
        OrderedJob.perform_now("key")
        assert buffer.lines() == ["specific", "broad"]

    @pytest.mark.line("EX-030")
    def test_methods_come_after_the_decorators_the_lowest_first_and_parents_last(self) -> None:
        class ParentJob(ActiveJob):
            @rescue_from(Exception)
            def of_parent(self) -> None:
                buffer.add("parent")

        @rescue_from(KeyError, method="by_decorator")
        class ChildJob(ParentJob):
            @rescue_from(LookupError)
            def upper(self) -> None:
                buffer.add("upper")

            @rescue_from(IndexError)
            def lower(self) -> None:
                buffer.add("lower")

            def by_decorator(self) -> None:
                buffer.add("decorator")

            def perform(self, error: str) -> None:
                raise {"k": KeyError, "i": IndexError, "l": LookupError, "v": ValueError}[error]

        for error in "kilv":
            ChildJob.perform_now(error)
        assert buffer.lines() == ["decorator", "lower", "upper", "parent"]


class TestAfterDiscard:
    @pytest.mark.line("AJ-171")
    def test_it_runs_for_an_unhandled_error_which_still_raises(self) -> None:
        class NotingJob(FailingJob):
            @after_discard
            def note(self, error: Exception) -> None:
                buffer.add(type(error).__name__)

        with pytest.raises(ValueError):  # noqa: PT011 - raised without a message
            NotingJob.perform_now(["Value"])
        assert buffer.lines()[-1] == "ValueError"

    def test_every_one_runs_and_the_last_failure_is_raised(self) -> None:
        class ClumsyJob(FailingJob):
            @after_discard
            def first(self, error: Exception) -> None:
                raise KeyError("first")

            @after_discard
            def second(self, error: Exception) -> None:
                raise KeyError("second")

        with pytest.raises(KeyError, match="second") as caught:
            ClumsyJob.perform_now(["Hopeless"])
        assert isinstance(caught.value.__cause__, KeyError)


class TestDeclarations:
    def test_retry_on_wants_exception_classes(self) -> None:
        with pytest.raises(ConfigurationError, match="give exception classes"):
            retry_on(int)  # type: ignore[arg-type]  # the mistake that is tested
        with pytest.raises(ConfigurationError, match="name at least one"):
            retry_on()

    @pytest.mark.parametrize("attempts", [0, -1, "always", True, 1.5])
    def test_retry_on_wants_attempts_that_can_be_counted(self, attempts: Any) -> None:
        with pytest.raises(ConfigurationError, match="whole number of at least 1"):
            retry_on(Flaky, attempts=attempts)

    def test_rescue_from_above_a_class_wants_a_method_of_it(self) -> None:
        with pytest.raises(ConfigurationError, match="names no method of it"):

            @rescue_from(Hopeless, method="nothing")
            class EmptyJob(ActiveJob):
                pass
