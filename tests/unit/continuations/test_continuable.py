from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from django_activejob import (
    ActiveJob,
    after_perform,
    around_perform,
    before_enqueue,
    discard_on,
    retry_on,
)
from django_activejob.adapters.inline import InlineAdapter
from django_activejob.continuations import Continuable, Step
from django_activejob.contracts import Outcome
from django_activejob.errors import (
    Abort,
    CheckpointError,
    ConfigurationError,
    DeserializationError,
    EnqueueError,
    InvalidStep,
    RecordNotFound,
    ResumptionsExhausted,
)
from django_activejob.job.packing import pack
from tests.jobs import buffer
from tests.shop.factories import PersonFactory
from tests.shop.models import Person
from tests.unit.conftest import Clock
from tests.unit.continuations.furniture import (
    ADAPTER,
    after,
    again,
    during,
    message,
    run,
    state,
    stopping,
)
from tests.unit.continuations.jobs import CountingJob, CursorError, LinearJob


class TestSteps:
    @pytest.mark.line("AJ-095")
    def test_they_run_in_order(self) -> None:
        execution = run(LinearJob())
        assert (execution.outcome, execution.retry) == (Outcome.PERFORMED, None)
        assert buffer.lines() == ["one", "two", "three", "four"]

    @pytest.mark.line("AJ-096")
    def test_an_interrupted_job_does_none_of_them_twice(self) -> None:
        with stopping(after("step_one")):
            interrupted = run(LinearJob())
        assert interrupted.outcome is Outcome.INTERRUPTED
        assert interrupted.error is None
        assert state(interrupted) == {"completed": ["step_one"]}
        assert again(interrupted).outcome is Outcome.PERFORMED
        assert buffer.lines() == ["one", "two", "three", "four"]

    @pytest.mark.line("AJ-097")
    def test_there_is_no_checkpoint_after_the_last(self) -> None:
        with stopping(after("step_four")):
            execution = run(LinearJob())
        assert execution.outcome is Outcome.PERFORMED
        assert buffer.lines()[-1] == "four"

    def test_there_is_none_before_the_first_of_an_execution(self) -> None:
        with stopping():
            first = run(LinearJob())
            second = again(first)
        assert state(first) == {"completed": ["step_one"]}
        assert state(second) == {"completed": ["step_one", "step_two"]}

    @pytest.mark.line("AJ-098")
    def test_perform_now_does_them_all(self) -> None:
        assert LinearJob.perform_now() is None
        assert buffer.lines() == ["one", "two", "three", "four"]

    def test_perform_now_interrupted_enqueues_the_job_and_gives_none(self) -> None:
        with stopping(after("step_one")):
            assert LinearJob.perform_now() is None
        assert len(ADAPTER.enqueued) == 1
        assert ADAPTER.enqueued[0].payload["continuation"] == {"completed": ["step_one"]}

    def test_code_outside_of_them_runs_in_every_execution(self) -> None:
        class SurroundedJob(LinearJob):
            def perform(self) -> None:
                buffer.add("before")
                super().perform()

        with stopping(after("step_one")):
            interrupted = run(SurroundedJob())
        again(interrupted)
        assert buffer.lines() == ["before", "one", "before", "two", "three", "four"]

    def test_a_class_without_a_queue_of_its_own_runs_isolated_steps_at_once(self) -> None:
        class InlineJob(LinearJob):
            queue_adapter = InlineAdapter()

            def perform(self) -> None:
                self.step(self.step_one)
                self.step(self.step_two, isolated=True)

        InlineJob.perform_later()
        assert buffer.lines() == ["one", "two"]

    def test_async_ones_are_awaited(self) -> None:
        class AsyncJob(Continuable, ActiveJob):
            async def perform(self) -> None:
                await self.astep(self.fetch)
                await self.astep(self.count, start=0)

            async def fetch(self) -> None:
                buffer.add("fetch")

            async def count(self, step: Step) -> None:
                for index in range(step.cursor, 3):
                    buffer.add(index)
                    step.advance()

        with stopping(during("count", 2)):
            interrupted = run(AsyncJob())
        assert interrupted.outcome is Outcome.INTERRUPTED
        assert again(interrupted).outcome is Outcome.PERFORMED
        assert buffer.lines() == ["fetch", 0, 1, 2]


class TestCursors:
    @pytest.mark.django_db
    @pytest.mark.line("AJ-093", "AJ-094")
    def test_records_before_it_are_not_done_again(self) -> None:
        class RenamingJob(Continuable, ActiveJob):
            def perform(self) -> None:
                self.step(self.rename, start=0)

            def rename(self, step: Step) -> None:
                for person in Person.objects.filter(pk__gte=step.cursor).order_by("pk"):
                    buffer.add(person.name)
                    step.advance(from_=person.pk)

        people = [PersonFactory(name=name) for name in ("Ada", "Bob", "Cy")]
        assert run(RenamingJob()).retry is None
        with stopping(during("rename", people[1].pk + 1)):
            interrupted = run(RenamingJob())
        assert buffer.lines() == ["Ada", "Bob", "Cy", "Ada", "Bob"]
        assert again(interrupted).retry is None
        assert buffer.lines()[5:] == ["Cy"]

    @pytest.mark.line("AJ-117", "AJ-118")
    def test_the_index_of_an_argument_list_is_one(self) -> None:
        class ItemsJob(Continuable, ActiveJob):
            def perform(self, items: list[Any]) -> None:
                self.step(self.each, start=0)

            def each(self, step: Step) -> None:
                for item in self.arguments[0][step.cursor :]:
                    buffer.add(item)
                    step.advance()

        items = ["text", None, [1, [2]], {"a": {"b": 1}}, 3.5]
        with stopping(during("each", 3)):
            interrupted = run(ItemsJob(items))
        assert buffer.lines() == items[:3]
        again(interrupted)
        assert buffer.lines() == items

    @pytest.mark.line("AJ-115", "AJ-116")
    def test_a_pair_leads_through_nested_loops(self) -> None:
        class NestedJob(Continuable, ActiveJob):
            def perform(self) -> None:
                self.step(self.walk, start=[0, 0])

            def walk(self, step: Step) -> None:
                outer, inner = step.cursor
                for row in range(outer, 2):
                    for column in range(inner, 3):
                        buffer.add((row, column))
                        step.set([row, column + 1])
                    inner = 0

        with stopping(during("walk", [1, 1])):
            interrupted = run(NestedJob())
        assert state(interrupted) == {"completed": [], "current": ["walk", [1, 1]]}
        again(interrupted)
        assert buffer.lines() == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]

    @pytest.mark.line("AJ-100")
    def test_a_step_without_one_begins_anew_after_a_checkpoint(self) -> None:
        class CheckingJob(Continuable, ActiveJob):
            def perform(self) -> None:
                self.step(self.check)

            def check(self, step: Step) -> None:
                buffer.add("begin")
                step.checkpoint()
                buffer.add("end")

        with stopping(during("check")):
            interrupted = run(CheckingJob())
        assert interrupted.outcome is Outcome.INTERRUPTED
        assert again(interrupted).outcome is Outcome.PERFORMED
        assert buffer.lines() == ["begin", "begin", "end"]


class TestStopping:
    @pytest.mark.line("AJ-104")
    def test_the_job_itself_is_asked_about_at_each_checkpoint(self) -> None:
        asked: list[Any] = []
        with stopping(lambda job: asked.append(job)):  # type: ignore[arg-type, return-value]  # None is no
            job = CountingJob(2)
            run(job)
        assert [type(one) for one in asked] == [CountingJob] * 3
        assert {one.job_id for one in asked} == {job.job_id}

    def test_it_goes_on_five_seconds_later(self, still: Clock) -> None:
        with stopping(after("step_one")):
            interrupted = run(LinearJob())
        assert interrupted.retry is not None
        assert interrupted.retry.scheduled_at is not None
        assert (interrupted.retry.scheduled_at - still.now()).total_seconds() == 5

    def test_a_job_may_interrupt_itself(self) -> None:
        class TiredJob(Continuable, ActiveJob):
            def perform(self) -> None:
                self.interrupt("tired")

        execution = run(TiredJob())
        assert execution.outcome is Outcome.INTERRUPTED
        assert execution.retry is not None
        assert execution.retry.payload["exception_executions"] == {"tired": 1}

    def test_an_except_exception_of_the_job_does_not_keep_it(self) -> None:
        class StubbornJob(Continuable, ActiveJob):
            def perform(self) -> None:
                try:
                    self.checkpoint()
                except Exception:  # noqa: BLE001 - what this test is about
                    buffer.add("eaten")

        with stopping():
            assert run(StubbornJob()).outcome is Outcome.INTERRUPTED
        assert buffer.lines() == []

    def test_callbacks_around_it_see_none(self) -> None:
        class ParentJob(ActiveJob):
            @around_perform
            def surround(self) -> Any:
                buffer.add((yield))

            @after_perform
            def outside(self) -> None:
                buffer.add("outside")

        class ChildJob(Continuable, ParentJob):
            def perform(self) -> None:
                self.interrupt("tired")

            @after_perform
            def inside(self) -> None:
                buffer.add("inside")

        run(ChildJob())
        assert buffer.lines() == ["outside", None]

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.line("EX-018", "EX-020")
    def test_a_checkpoint_in_a_transaction_is_an_error_and_not_resumed(self) -> None:
        class SteppingJob(Continuable, ActiveJob):
            def perform(self) -> None:
                self.step(self.save, start=0)

            def save(self, step: Step) -> None:
                with transaction.atomic():
                    step.advance()

        execution = run(SteppingJob())
        assert execution.outcome is Outcome.FAILED
        assert message(execution) == (
            "a checkpoint inside a transaction on default. "
            "Reach it after the transaction has ended."
        )
        with pytest.raises(CheckpointError):
            SteppingJob.perform_now()

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.line("EX-021")
    def test_after_the_transaction_it_is_fine(self) -> None:
        class SteppingJob(Continuable, ActiveJob):
            def perform(self) -> None:
                self.step(self.save, start=0)

            def save(self, step: Step) -> None:
                with transaction.atomic():
                    buffer.add("saved")
                step.advance()

        assert run(SteppingJob()).outcome is Outcome.PERFORMED
        assert buffer.lines() == ["saved"]

    @pytest.mark.django_db
    def test_the_transaction_of_a_test_case_does_not_count(self) -> None:
        assert run(CountingJob(2)).outcome is Outcome.PERFORMED


class TestErrors:
    @pytest.mark.line("AJ-099")
    def test_without_progress_they_are_the_job_s(self) -> None:
        class BrokenJob(Continuable, ActiveJob):
            def perform(self) -> None:
                self.step(self.fail, start=0)

            def fail(self, step: Step) -> None:
                buffer.add("done")
                raise CursorError

        execution = run(BrokenJob())
        assert (execution.outcome, execution.retry) == (Outcome.FAILED, None)
        with pytest.raises(CursorError):
            BrokenJob.perform_now()
        assert ADAPTER.enqueued == []
        assert buffer.lines() == ["done", "done"]

    @pytest.mark.line("AJ-101", "AJ-103")
    def test_after_progress_the_job_is_resumed_and_the_error_kept(self) -> None:
        interrupted = run(CountingJob(4, [1]))
        assert interrupted.outcome is Outcome.RETRIED
        assert interrupted.error is not None
        assert interrupted.error.message == "Cursor error"
        assert interrupted.retry is not None
        assert interrupted.retry.payload["executions"] == 1
        assert interrupted.retry.payload["exception_executions"] == {
            "tests.unit.continuations.jobs.CursorError": 1
        }
        assert state(interrupted) == {"completed": [], "current": ["count", 2]}
        assert again(interrupted).outcome is Outcome.PERFORMED
        assert buffer.lines() == [0, 1, 2, 3, "finish"]

    @pytest.mark.line("AJ-102")
    def test_a_second_one_without_new_progress_is_raised(self) -> None:
        class StuckJob(CountingJob):
            def count(self, step: Step) -> None:
                if step.resumed:
                    raise CursorError("stuck")
                super().count(step)

        second = again(run(StuckJob(4, [1])))
        assert (second.outcome, second.retry) == (Outcome.FAILED, None)
        assert second.error is not None
        assert second.error.message == "stuck"

    @pytest.mark.line("AJ-121")
    def test_a_class_may_want_none_of_that(self) -> None:
        class StrictJob(CountingJob):
            resume_errors_after_advancing = False

        execution = run(StrictJob(4, [1]))
        assert (execution.outcome, execution.retry) == (Outcome.FAILED, None)

    def test_one_without_progress_meets_retry_on_and_keeps_the_steps_done(self) -> None:
        @retry_on(CursorError, wait=0, jitter=0)
        class FlakyJob(Continuable, ActiveJob):
            def perform(self) -> None:
                self.step("load", lambda: buffer.add("load"))
                self.step("fail", self.fail, isolated=True)

            def fail(self) -> None:
                if self.executions == 2:
                    raise CursorError

        first = run(FlakyJob())
        second = again(first)
        assert second.outcome is Outcome.RETRIED
        assert state(second) == {"completed": ["load"], "current": ["fail", None]}
        assert again(second).outcome is Outcome.PERFORMED
        assert buffer.lines() == ["load"]

    def test_a_refused_resumption_is_a_failure_not_a_loss(self) -> None:
        class RefusedJob(LinearJob):
            @before_enqueue
            def only_once(self) -> None:
                if self.executions:
                    raise Abort

        with stopping(after("step_one")):
            execution = run(RefusedJob())
        assert execution.outcome is Outcome.FAILED
        assert message(execution) == (
            "it was to be resumed, but its enqueuing did not succeed: "
            "a before_enqueue callback ended it."
        )
        with stopping(after("step_one")), pytest.raises(EnqueueError, match="did not succeed"):
            RefusedJob.perform_now()

    def test_counters_of_an_old_rails_are_left_alone(self) -> None:
        job = LinearJob()
        job.exception_executions = None  # type: ignore[assignment]  # as a Rails before 6.0 wrote it
        with stopping(after("step_one")):
            assert run(job).outcome is Outcome.INTERRUPTED


class TestLimits:
    @pytest.mark.line("AJ-119")
    def test_so_many_interruptions_and_no_more(self) -> None:
        class LimitedJob(LinearJob):
            max_resumptions = 2

        with stopping():
            third = again(again(run(LimitedJob())))
        assert (third.outcome, third.retry) == (Outcome.FAILED, None)
        assert message(third).startswith("it was resumed a maximum of 2 times.")
        assert buffer.lines() == ["one", "two", "three"]

    @pytest.mark.line("AJ-120")
    def test_errors_count_too(self) -> None:
        class LimitedJob(CountingJob):
            max_resumptions = 0

        with pytest.raises(ResumptionsExhausted, match="a maximum of 0 times") as raised:
            LimitedJob.perform_now(4, [1])
        assert isinstance(raised.value.__cause__, CursorError)

    @pytest.mark.line("AJ-122")
    def test_queue_and_wait_of_a_resumed_job(self, still: Clock) -> None:
        class LaterJob(LinearJob):
            resume_options = {"queue": "slow", "wait": 60, "priority": 7}  # noqa: RUF012 - as users write it

        with stopping(after("step_one")):
            retry = run(LaterJob()).retry
        assert retry is not None
        assert (retry.queue_name, retry.priority) == ("slow", 7)
        assert retry.scheduled_at is not None
        assert (retry.scheduled_at - still.now()).total_seconds() == 60

    def test_an_option_that_does_not_exist_is_refused_at_once(self) -> None:
        with pytest.raises(ConfigurationError, match=r"resume_options\['wiat'\]: no such option"):

            class WrongJob(LinearJob):
                resume_options = {"wiat": 60}  # noqa: RUF012 - as users write it


class TestIsolated:
    @pytest.mark.line("AJ-123")
    def test_a_step_in_the_middle_has_an_execution_of_its_own(self) -> None:
        class IsolatedJob(LinearJob):
            def perform(self) -> None:
                self.step(self.step_one)
                self.step(self.step_two)
                self.step(self.step_three, isolated=True)
                self.step(self.step_four)

        assert _executions(IsolatedJob()) == [["one", "two"], ["three"], ["four"]]

    @pytest.mark.line("AJ-124")
    def test_the_first_and_the_last(self) -> None:
        class IsolatedJob(LinearJob):
            def perform(self) -> None:
                self.step(self.step_one, isolated=True)
                self.step(self.step_two)
                self.step(self.step_three)
                self.step(self.step_four, isolated=True)

        assert _executions(IsolatedJob()) == [["one"], ["two", "three"], ["four"]]


def _executions(job: ActiveJob) -> list[list[Any]]:
    seen: list[list[Any]] = []
    execution = run(job)
    while True:
        seen.append(buffer.lines())
        buffer.clear()
        if execution.retry is None:
            return seen
        execution = again(execution)


class TestPayload:
    def test_a_fresh_job_has_completed_nothing(self) -> None:
        payload = LinearJob().serialize()
        assert payload["continuation"] == {"completed": []}
        assert payload["resumptions"] == 0

    @pytest.mark.line("AJ-114")
    def test_a_job_enqueued_before_its_class_had_steps_runs(self) -> None:
        envelope = pack(LinearJob())
        del envelope.payload["continuation"]
        del envelope.payload["resumptions"]
        job = LinearJob()
        job.deserialize(envelope.payload)
        assert run(job).outcome is Outcome.PERFORMED
        assert buffer.lines() == ["one", "two", "three", "four"]

    def test_what_has_not_run_is_passed_on_untouched(self) -> None:
        raw = {"completed": ["gone"], "current": ["rows", {"_aj_serialized": "No::Such"}]}
        job = LinearJob()
        job.deserialize({**pack(LinearJob()).payload, "continuation": raw, "resumptions": 3})
        payload = job.serialize()
        assert (payload["continuation"], payload["resumptions"]) == (raw, 3)

    def test_resumptions_are_counted(self) -> None:
        with stopping():
            second = again(run(LinearJob()))
        assert second.retry is not None
        assert second.retry.payload["resumptions"] == 1

    @pytest.mark.django_db
    @pytest.mark.line("AJ-126")
    @pytest.mark.line("RQ-129")
    def test_a_cursor_whose_record_is_gone_meets_the_handlers(self) -> None:
        @discard_on(RecordNotFound)
        class PersonJob(Continuable, ActiveJob):
            def perform(self) -> None:
                self.step(self.walk)

            def walk(self, step: Step) -> None:
                if step.cursor is None:
                    step.set(Person.objects.get())
                buffer.add(step.cursor.name)

        person = PersonFactory(name="Ada")
        with stopping(lambda job: job.continuation.has_advanced):
            interrupted = run(PersonJob())
        assert state(interrupted)["current"][1]["_aj_globalid"].endswith(f"/{person.pk}")
        person.delete()
        assert again(interrupted).outcome is Outcome.DISCARDED
        assert buffer.lines() == []

    @pytest.mark.parametrize("raw", [[], "x", {"completed": 3}, {"completed": [], "current": [1]}])
    def test_what_says_nothing_of_steps_meets_the_handlers(self, raw: Any) -> None:
        @discard_on(DeserializationError)
        class PickyJob(LinearJob):
            pass

        envelope = pack(PickyJob())
        envelope.payload["continuation"] = raw
        job = PickyJob()
        job.deserialize(envelope.payload)
        execution = run(job)
        assert execution.outcome is Outcome.DISCARDED
        assert message(execution).startswith("its continuation says nothing of steps")

    def test_a_cursor_without_a_json_form_fails_the_job(self) -> None:
        class OddJob(Continuable, ActiveJob):
            def perform(self) -> None:
                self.step(self.walk)

            def walk(self, step: Step) -> None:
                step.set(object())

        with stopping(lambda job: job.continuation.has_advanced):
            execution = run(OddJob())
        assert execution.outcome is Outcome.FAILED
        assert message(execution).startswith("the cursor of step 'walk': value: ")


class TestOrder:
    @pytest.mark.line("AJ-111", "RQ-129")
    def test_a_job_resumes_with_the_step_that_it_was_in(self) -> None:
        with stopping(during("count", 2)):
            interrupted = run(CountingJob(4))

        class RewrittenJob(CountingJob):
            def perform(self, number: int, failing: list[int] | None = None) -> None:
                self.step(self.finish)

        job = RewrittenJob()
        assert interrupted.retry is not None
        job.deserialize(interrupted.retry.payload)
        execution = run(job)
        assert (execution.outcome, execution.retry) == (Outcome.FAILED, None)
        assert message(execution).startswith(
            "step 'finish' found, expected to resume from 'count'. perform has to come to the same"
        )

    def test_it_is_checked_before_the_step_is_done(self) -> None:
        class TwiceJob(LinearJob):
            def perform(self) -> None:
                self.step(self.step_one)
                self.step(self.step_one)

        with pytest.raises(InvalidStep, match="step 'step_one' has already been encountered"):
            TwiceJob.perform_now()
        assert buffer.lines() == ["one"]
