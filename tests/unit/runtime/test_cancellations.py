"""What a worker knows of jobs that an operator has cancelled."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest

from django_activejob import ActiveJob
from django_activejob.contracts import Claim, Outcome, Settlement
from django_activejob.job import context
from django_activejob.job.packing import pack
from django_activejob.runtime.cancellations import Cancellations
from django_activejob.runtime.executor import settlement_of
from tests.waiting import until

from .fakes import FakeAdapter

pytestmark = pytest.mark.line("DB-064")


class WaitingJob(ActiveJob):
    """Waits on a loop, and notes how it is left."""

    notes: ClassVar[list[str]] = []

    async def perform(self, cleaning: float = 0.0) -> None:
        self.notes.append("begun")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(cleaning)
            self.notes.append("cleaned")
            raise


class StubbornJob(ActiveJob):
    """Takes no cancellation for an answer."""

    begun: ClassVar[threading.Event] = threading.Event()

    async def perform(self) -> None:
        self.begun.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            return


class LimitedJob(WaitingJob):
    timeout = 60


class SelfCancellingJob(ActiveJob):
    async def perform(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(60)


class LoopingJob(ActiveJob):
    begun: ClassVar[threading.Event] = threading.Event()

    def perform(self) -> None:
        self.begun.set()
        until(lambda: self.is_cancelled)
        self.checkpoint()


@pytest.fixture
def cancellations() -> Iterator[Cancellations]:
    WaitingJob.notes.clear()
    cancellations = Cancellations()
    before = context.set_cancelling(cancellations)
    yield cancellations
    context.set_cancelling(before)
    gc.collect()  # a coroutine that nobody awaited is a warning, which is an error


def claim_of(job: ActiveJob) -> Claim:
    return Claim(token=job.job_id, envelope=pack(job))


class Run:
    """A claim performed in another thread."""

    def __init__(self, claim: Claim) -> None:
        self._ends: list[Settlement] = []
        perform = lambda: self._ends.append(settlement_of(claim, adapter=FakeAdapter()))  # noqa: E731 - a thread's work
        self._thread = threading.Thread(target=perform)
        self._thread.start()

    def end(self) -> tuple[Outcome, str]:
        """How it has ended, and with which error."""
        self._thread.join(60)
        [settlement] = self._ends
        assert settlement.execution is not None
        error = settlement.execution.error
        return settlement.execution.outcome, error.class_name if error else ""


CANCELLED = (Outcome.DISCARDED, "django_activejob.errors.JobCancelled")


class TestThreads:
    def test_a_job_learns_of_it_and_ends_by_itself(self, cancellations: Cancellations) -> None:
        LoopingJob.begun.clear()
        claim = claim_of(LoopingJob())
        run = Run(claim)
        until(LoopingJob.begun.is_set)
        cancellations.ask(claim)
        assert run.end() == CANCELLED

    def test_another_job_with_the_same_id_does_not(self, cancellations: Cancellations) -> None:
        job = LoopingJob()
        claim, other = claim_of(job), claim_of(job)
        cancellations.ask(claim)
        job._run = context.ClaimedRun(envelope=other.envelope, adapter=FakeAdapter())  # type: ignore[arg-type]  # it has one
        assert not job.is_cancelled

    def test_a_job_without_a_claim_is_never_cancelled(self, cancellations: Cancellations) -> None:
        cancellations.ask(claim_of(LoopingJob()))
        assert not LoopingJob().is_cancelled

    def test_an_unreadable_claim_may_be_asked(self, cancellations: Cancellations) -> None:
        cancellations.ask(Claim(token="1", envelope=None))
        assert cancellations.is_asked("1")

    def test_what_has_ended_is_forgotten(self, cancellations: Cancellations) -> None:
        claim = claim_of(LoopingJob())
        cancellations.ask(claim)
        cancellations.forget(claim.token)
        cancellations.forget("never heard of")
        assert not cancellations.is_asked(claim.token)


class TestCoroutines:
    @pytest.mark.parametrize("kind", [WaitingJob, LimitedJob])
    def test_a_task_is_cancelled(
        self, cancellations: Cancellations, kind: type[WaitingJob]
    ) -> None:
        claim = claim_of(kind())
        run = Run(claim)
        until(lambda: WaitingJob.notes == ["begun"])
        cancellations.ask(claim)
        assert run.end() == CANCELLED
        assert WaitingJob.notes == ["begun", "cleaned"]

    def test_a_second_word_does_not_disturb_the_cleaning(
        self, cancellations: Cancellations
    ) -> None:
        claim = claim_of(WaitingJob(0.2))
        run = Run(claim)
        until(lambda: WaitingJob.notes == ["begun"])
        cancellations.ask(claim)
        cancellations.ask(claim)
        run.end()
        assert WaitingJob.notes == ["begun", "cleaned"]

    def test_one_that_was_cancelled_before_does_not_begin(
        self, cancellations: Cancellations
    ) -> None:
        claim = claim_of(WaitingJob())
        cancellations.ask(claim)
        assert Run(claim).end() == CANCELLED
        assert WaitingJob.notes == []

    def test_one_that_goes_on_ends_as_it_likes(self, cancellations: Cancellations) -> None:
        StubbornJob.begun.clear()
        claim = claim_of(StubbornJob())
        run = Run(claim)
        until(StubbornJob.begun.is_set)
        cancellations.ask(claim)
        assert run.end() == (Outcome.PERFORMED, "")

    def test_a_task_that_others_cancel_is_no_operators(self, cancellations: Cancellations) -> None:
        outcome, error = Run(claim_of(SelfCancellingJob())).end()
        assert (outcome, error) == (Outcome.FAILED, "asyncio.exceptions.CancelledError")

    def test_one_without_a_claim_is_awaited_as_it_is(self, cancellations: Cancellations) -> None:
        async def wait() -> str:
            with cancellations.awaiting(WaitingJob()):
                return "done"

        assert asyncio.run(wait()) == "done"

    def test_one_that_has_ended_is_left_alone(self, cancellations: Cancellations) -> None:
        claim = claim_of(SelfCancellingJob())
        Run(claim).end()
        cancellations.ask(claim)
        assert not cancellations._tasks
