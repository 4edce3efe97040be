"""Jobs that an operator cancels while they run, as they see it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

import pytest
from django.db import transaction

from django_activejob import (
    ActiveJob,
    Continuable,
    after_discard,
    current_job,
    rescue_from,
    retry_on,
    signals,
)
from django_activejob.adapters.test import TestAdapter
from django_activejob.continuations import Step
from django_activejob.contracts import Execution, Outcome
from django_activejob.errors import JobCancelled
from django_activejob.job import context
from django_activejob.job.execution import execute
from django_activejob.job.packing import pack

pytestmark = pytest.mark.line("DB-064")

seen: list[Any] = []


class Operator:
    """Cancels all jobs, from the moment at which ``cancel`` is called."""

    def __init__(self) -> None:
        self._has_said_so = threading.Event()

    def cancel(self) -> None:
        self._has_said_so.set()

    def is_cancelled(self, job: ActiveJob) -> bool:
        return self._has_said_so.is_set()

    def awaiting(self, job: ActiveJob) -> AbstractContextManager[None]:
        return nullcontext()


@pytest.fixture
def operator() -> Iterator[Operator]:
    seen.clear()
    operator = Operator()
    before = context.set_cancelling(operator)
    yield operator
    context.set_cancelling(before)


def run(job: ActiveJob, queue: TestAdapter) -> Execution:
    return execute(pack(job), adapter=queue)


@retry_on(BaseException, wait=0)
class LoopingJob(ActiveJob):
    """Ends in its third round, unless it is cancelled in one before."""

    def perform(self, cancel_in: int) -> None:
        for number in range(3):
            if number == cancel_in:
                operator_of.cancel()
            seen.append((number, self.is_cancelled))
            try:
                self.checkpoint()
            except Exception:  # noqa: BLE001 - what a job does that means to go on whatever happens
                seen.append("eaten")

    @rescue_from(BaseException)
    def rescue(self, error: BaseException) -> None:
        seen.append("rescued")

    @after_discard
    def tell(self, error: BaseException) -> None:
        seen.append(type(error).__name__)


operator_of: Operator


@pytest.fixture(autouse=True)
def known(operator: Operator) -> None:
    global operator_of  # noqa: PLW0603 - jobs are made by their classes, and are given JSON only
    operator_of = operator


class TestCheckpoint:
    def test_ends_a_cancelled_job_and_its_discard_callbacks_run(self, queue: TestAdapter) -> None:
        execution = run(LoopingJob(1), queue)
        assert execution.outcome is Outcome.DISCARDED
        assert execution.retry is None
        assert execution.error is not None
        assert execution.error.class_name == "django_activejob.errors.JobCancelled"
        assert execution.error.message.startswith("tests.unit.job.test_cancelling.LoopingJob (")
        assert execution.error.message.endswith("): cancelled by an operator.")
        assert seen == [(0, False), (1, True), "JobCancelled"]

    def test_lets_other_jobs_go_on(self, queue: TestAdapter) -> None:
        assert run(LoopingJob(5), queue).outcome is Outcome.PERFORMED
        assert seen == [(0, False), (1, False), (2, False)]

    def test_is_told_of_as_a_discard(self, queue: TestAdapter) -> None:
        told: list[type[BaseException]] = []

        def receive(*, error: BaseException, **_: Any) -> None:
            told.append(type(error))

        signals.discarded.connect(receive)
        try:
            run(LoopingJob(0), queue)
        finally:
            signals.discarded.disconnect(receive)
        assert told == [JobCancelled]

    def test_the_current_job_knows_too(self, operator: Operator, queue: TestAdapter) -> None:
        class AskingJob(ActiveJob):
            def perform(self) -> None:
                operator.cancel()
                job = current_job()
                seen.append(job is self and job.is_cancelled)

        run(AskingJob(), queue)
        assert seen == [True]

    def test_ends_a_job_in_a_transaction(
        self, operator: Operator, queue: TestAdapter, db: None
    ) -> None:
        class SavingJob(ActiveJob):
            def perform(self) -> None:
                operator.cancel()
                with transaction.atomic():
                    self.checkpoint()

        assert run(SavingJob(), queue).outcome is Outcome.DISCARDED

    def test_outside_of_workers_nobody_cancels(self) -> None:
        before = context.set_cancelling(context._NobodyCancels())
        try:
            job = LoopingJob(0)
            job.checkpoint()
            assert job.is_cancelled is False
        finally:
            context.set_cancelling(before)


class TestGroups:
    """Of errors, as a group of tasks raises them."""

    @pytest.mark.parametrize(
        ("others", "outcome"), [([], Outcome.DISCARDED), ([ValueError()], Outcome.FAILED)]
    )
    def test_of_nothing_else_are_cancellations(
        self, queue: TestAdapter, others: list[BaseException], outcome: Outcome
    ) -> None:
        class GroupJob(ActiveJob):
            def perform(self) -> None:
                inner = BaseExceptionGroup("inner", [JobCancelled("cancelled by an operator")])
                raise BaseExceptionGroup("outer", [inner, *others])

        execution = run(GroupJob(), queue)
        assert execution.outcome is outcome
        assert execution.error is not None
        is_cancelled = execution.error.class_name == "django_activejob.errors.JobCancelled"
        assert is_cancelled is not bool(others)

    def test_of_tasks_end_at_the_checkpoint_of_one(
        self, operator: Operator, queue: TestAdapter
    ) -> None:
        class TasksJob(ActiveJob):
            async def perform(self) -> None:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self.look())
                    group.create_task(asyncio.sleep(60))

            async def look(self) -> None:
                operator.cancel()
                self.checkpoint()

        assert run(TasksJob(), queue).outcome is Outcome.DISCARDED


class TestOwnEnd:
    def test_counts_when_the_job_comes_to_it_first(
        self, operator: Operator, queue: TestAdapter
    ) -> None:
        class DeafJob(ActiveJob):
            def perform(self) -> None:
                operator.cancel()

        assert run(DeafJob(), queue).outcome is Outcome.PERFORMED

    def test_counts_when_it_fails(self, operator: Operator, queue: TestAdapter) -> None:
        class BrokenJob(ActiveJob):
            def perform(self) -> None:
                operator.cancel()
                raise ValueError("a screw is loose")

        execution = run(BrokenJob(), queue)
        assert execution.outcome is Outcome.FAILED
        assert execution.error is not None
        assert execution.error.class_name == "ValueError"

    def test_is_no_retry(self, operator: Operator, queue: TestAdapter) -> None:
        @retry_on(ConnectionError, wait=0)
        class LuckyJob(ActiveJob):
            def perform(self) -> None:
                operator.cancel()
                raise ConnectionError("reset by peer")

            @after_discard
            def tell(self, error: BaseException) -> None:
                seen.append(repr(error.__cause__))

        execution = run(LuckyJob(), queue)
        assert (execution.outcome, execution.retry) == (Outcome.DISCARDED, None)
        assert execution.error is not None
        assert execution.error.class_name == "django_activejob.errors.JobCancelled"
        assert "reset by peer" in execution.error.traceback
        assert seen == ["ConnectionError('reset by peer')"]


class TestSteps:
    def test_end_at_a_checkpoint_and_are_not_resumed(
        self, operator: Operator, queue: TestAdapter
    ) -> None:
        class StepsJob(Continuable, ActiveJob):
            def perform(self) -> None:
                self.step(self.count, start=0)

            def count(self, step: Step) -> None:
                for index in range(step.cursor, 3):
                    seen.append(index)
                    if index == 1:
                        operator.cancel()
                    step.advance()

        execution = run(StepsJob(), queue)
        assert (execution.outcome, execution.retry) == (Outcome.DISCARDED, None)
        assert seen == [0, 1]

    def test_are_not_resumed_after_an_error(self, operator: Operator, queue: TestAdapter) -> None:
        class BrokenStepsJob(Continuable, ActiveJob):
            resume_options: ClassVar = {"wait": 0}

            def perform(self) -> None:
                self.step("begin", lambda: None)
                operator.cancel()
                raise ConnectionError

        execution = run(BrokenStepsJob(), queue)
        assert (execution.outcome, execution.retry) == (Outcome.DISCARDED, None)

    def test_refuse_a_checkpoint_in_a_transaction_all_the_same(
        self, operator: Operator, queue: TestAdapter, db: None
    ) -> None:
        class SavingStepsJob(Continuable, ActiveJob):
            def perform(self) -> None:
                operator.cancel()
                with transaction.atomic():
                    self.checkpoint()

        execution = run(SavingStepsJob(), queue)
        assert execution.error is not None
        assert execution.error.class_name == "django_activejob.errors.CheckpointError"
