"""Jobs on an event loop."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any, ClassVar

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connections
from django.utils import timezone, translation

from django_activejob import (
    Abort,
    ActiveJob,
    after_perform,
    around_perform,
    before_perform,
    clock,
    current_job,
    handler,
    retry_on,
)
from django_activejob.contracts import Claim, Envelope, Outcome, Settlement
from django_activejob.job import context
from django_activejob.job.packing import pack
from django_activejob.runtime import event_loop
from django_activejob.runtime.async_pool import AsyncPool, Steps
from django_activejob.runtime.cancellations import Cancellations
from django_activejob.runtime.executor import settlement_of
from django_activejob.runtime.time_limits import TimeLimits
from tests.waiting import until

Perform = Callable[..., list[Settlement]]

seen: list[Any] = []


class NapJob(ActiveJob):
    """Waits on the loop until a test lets it."""

    gates: ClassVar[list[asyncio.Event]] = []

    async def perform(self) -> None:
        gate = asyncio.Event()
        self.gates.append(gate)
        seen.append(threading.current_thread().name)
        await gate.wait()


class ThreadedJob(ActiveJob):
    def perform(self) -> None:
        seen.append(threading.current_thread().name)


class CallbacksJob(ActiveJob):
    @before_perform
    def look_before(self) -> None:
        seen.append(("before", threading.current_thread().name.startswith("parts")))

    async def perform(self) -> str:
        seen.append(("perform", current_job() is self, translation.get_language()))
        seen.append(timezone.get_current_timezone_name())
        return "done"

    @after_perform
    def look_after(self) -> None:
        seen.append(("after", threading.current_thread().name.startswith("parts")))


class AroundJob(ActiveJob):
    @around_perform
    def wrap(self) -> Iterator[None]:
        before = threading.get_ident()
        yield
        seen.append(before == threading.get_ident())

    async def perform(self) -> None:
        seen.append(threading.current_thread().name)


class AbortedJob(ActiveJob):
    @before_perform
    def refuse(self) -> None:
        raise Abort

    async def perform(self) -> None:
        seen.append("performed")


@retry_on(ConnectionError, wait=0)
class RaisingJob(ActiveJob):
    async def perform(self, kind: str) -> None:
        raise {"retry": ConnectionError, "fail": ValueError, "exit": SystemExit}[kind](kind)


class CancelledJob(ActiveJob):
    async def perform(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(60)


class LeakingJob(ActiveJob):
    async def perform(self) -> None:
        self.task = asyncio.create_task(self.go_on())
        await asyncio.sleep(0)

    async def go_on(self) -> None:
        try:
            await asyncio.create_task(asyncio.sleep(60))
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise


class BlockingJob(ActiveJob):
    gate = threading.Event()

    async def perform(self) -> None:
        self.gate.wait(10)


class BurstJob(ActiveJob):
    """Has so many short tasks that one turn of the loop takes long."""

    async def perform(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(300):
                group.create_task(self.compute())

    async def compute(self) -> None:
        sum(range(200_000))


class SlowJob(ActiveJob):
    timeout = 0.05

    async def perform(self) -> None:
        await asyncio.sleep(60)


class SyncOrmJob(ActiveJob):
    async def perform(self) -> None:
        User.objects.count()


class AsyncOrmJob(ActiveJob):
    async def perform(self) -> None:
        await User.objects.acount()
        seen.append(await sync_to_async(lambda: connections["default"])())


color: ContextVar[str] = ContextVar("color", default="none")


class ColorJob(ActiveJob):
    async def perform(self) -> None:
        seen.append(color.get())
        color.set("red")


class Harness:
    """A pool, and what comes out of it."""

    def __init__(self, *, concurrency: int = 100, threads: int = 2) -> None:
        self.adapter = handler.adapter()
        self.begun: list[str] = []
        self.settled: list[Settlement] = []
        self.frees = 0
        self.overdue: list[str] = []
        self.time_limits = TimeLimits(when_overdue=self.overdue.append)
        steps = Steps(
            perform=lambda one: self.settled.append(settlement_of(one, adapter=self.adapter)),
            begin=lambda one: self.begun.append(one.token),
            end=self.settled.append,
            when_free=self._note_free,
        )
        self.pool = AsyncPool(
            steps,
            concurrency=concurrency,
            threads=threads,
            adapter=self.adapter,
            time_limits=self.time_limits,
        )
        self.time_limits.start()
        self.pool.start()

    def add(self, *jobs: ActiveJob) -> Sequence[Claim]:
        claims = [Claim(token=job.job_id, envelope=pack(job)) for job in jobs]
        self.pool.add(claims)
        return claims

    def performed(self, *jobs: ActiveJob) -> list[Settlement]:
        self.add(*jobs)
        until(lambda: len(self.settled) == len(jobs))
        until(self.pool.is_idle)
        return self.settled

    def outcomes(self, *jobs: ActiveJob) -> list[Outcome]:
        return [one.execution.outcome for one in self.performed(*jobs) if one.execution]

    def close(self) -> None:
        self.pool.end()
        self.time_limits.end()
        self.pool.join(until=clock.monotonic() + 5)

    def _note_free(self) -> None:
        self.frees += 1


@pytest.fixture
def harness() -> Iterator[Harness]:
    harness = Harness()
    seen.clear()
    NapJob.gates.clear()
    yield harness
    harness.close()
    gc.collect()


class TestSlots:
    def test_many_wait_on_one_thread(self, harness: Harness) -> None:
        harness.add(*(NapJob() for _ in range(100)))
        until(lambda: len(NapJob.gates) == 100)
        assert harness.pool.room() == 0
        assert set(seen) == {"event-loop"}
        assert sum(thread.name.startswith("parts") for thread in threading.enumerate()) <= 2
        open_all(harness)
        until(harness.pool.is_idle)
        assert harness.pool.room() == 100
        assert harness.frees == 100
        assert len(harness.begun) == len(harness.settled) == 100

    def test_a_job_that_is_no_coroutine_has_a_thread(self, harness: Harness) -> None:
        assert harness.outcomes(ThreadedJob(), ThreadedJob()) == [Outcome.PERFORMED] * 2
        assert all(name.startswith("pool") for name in seen)

    def test_one_with_a_callback_around_it_has_a_thread_too(self, harness: Harness) -> None:
        assert harness.outcomes(AroundJob()) == [Outcome.PERFORMED]
        assert seen[1] is True

    def test_what_cannot_be_read_fails(self, harness: Harness) -> None:
        unknown = pack(NapJob())
        unknown.payload["job_class"] = "shop.NowhereJob"
        harness.pool.add([Claim(token="1", envelope=unknown), Claim(token="2", envelope=None)])
        until(lambda: len(harness.settled) == 2)
        assert {one.execution.outcome for one in harness.settled if one.execution} == {
            Outcome.FAILED
        }

    def test_what_has_not_begun_is_given_back(self) -> None:
        harness = Harness(threads=1)
        gate = threading.Event()
        harness.pool._parts.do(lambda: gate.wait(10) and None)
        claims = harness.add(NapJob(), NapJob())
        assert harness.pool.take_back(waiting_for=0.05) == []
        assert list(harness.pool.take_back()) == list(claims)
        assert harness.pool.is_idle()
        gate.set()
        assert harness.begun == []
        harness.close()


@pytest.mark.line("DB-064")
class TestCancelling:
    @pytest.fixture
    def cancellations(self) -> Iterator[Cancellations]:
        cancellations = Cancellations()
        before = context.set_cancelling(cancellations)
        yield cancellations
        context.set_cancelling(before)

    def test_a_task_on_the_loop_is_cancelled_and_its_end_settled(
        self, harness: Harness, cancellations: Cancellations
    ) -> None:
        claim, _ = harness.add(NapJob(), NapJob())
        until(lambda: len(NapJob.gates) == 2)
        cancellations.ask(claim)
        until(lambda: harness.settled)
        [settled] = harness.settled
        assert settled.claim is claim
        assert settled.execution is not None
        assert settled.execution.outcome is Outcome.DISCARDED
        assert harness.pool.room() == 99

    def test_what_has_not_begun_is_taken_out(self) -> None:
        harness = Harness(threads=1)
        gate = threading.Event()
        harness.pool._parts.do(lambda: gate.wait(10) and None)
        claim, other = harness.add(NapJob(), NapJob())
        assert harness.pool.take_out(claim.token)
        assert not harness.pool.take_out(claim.token)
        assert harness.pool.room() == 99
        gate.set()
        until(lambda: harness.begun == [other.token])
        assert not harness.pool.take_out(other.token)
        harness.close()


class TestContext:
    def test_callbacks_run_in_threads_and_all_see_the_job(self, harness: Harness) -> None:
        with translation.override("de"), timezone.override("Asia/Tokyo"):
            job = CallbacksJob()
            envelope = pack(job)
        harness.pool.add([Claim(token="1", envelope=envelope)])
        until(lambda: harness.settled)
        assert seen == [("before", True), ("perform", True, "de"), "Asia/Tokyo", ("after", True)]

    def test_jobs_do_not_see_what_others_set(self, harness: Harness) -> None:
        harness.performed(ColorJob())
        harness.add(ColorJob())
        until(lambda: len(seen) == 2)
        assert seen == ["none", "none"]


class TestEnds:
    def test_an_abort_leaves_the_coroutine_out(self, harness: Harness) -> None:
        assert harness.outcomes(AbortedJob()) == [Outcome.PERFORMED]
        assert seen == []

    @pytest.mark.line("RQ-115")
    @pytest.mark.parametrize(
        ("kind", "outcome"),
        [("retry", Outcome.RETRIED), ("fail", Outcome.FAILED), ("exit", Outcome.FAILED)],
    )
    def test_errors_go_through_the_handlers(
        self, harness: Harness, kind: str, outcome: Outcome
    ) -> None:
        [settled] = harness.performed(RaisingJob(kind))
        assert settled.execution is not None
        assert settled.execution.outcome is outcome
        assert settled.execution.error is not None
        assert settled.execution.error.message == kind
        assert (settled.execution.retry is not None) is (kind == "retry")
        assert harness.pool.is_alive()

    @pytest.mark.line("RQ-115")
    def test_a_job_that_is_cancelled_has_failed(self, harness: Harness) -> None:
        [settled] = harness.performed(CancelledJob())
        assert settled.execution is not None
        assert settled.execution.error is not None
        assert settled.execution.error.class_name.endswith("CancelledError")
        assert harness.outcomes(ThreadedJob())[-1] is Outcome.PERFORMED

    @pytest.mark.line("RQ-115")
    def test_tasks_that_are_left_are_cancelled(
        self, harness: Harness, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert harness.outcomes(LeakingJob()) == [Outcome.PERFORMED]
        assert seen == ["cancelled"]
        assert "LeakingJob" in caplog.text
        assert "it has left 2 tasks running, which are cancelled" in caplog.text

    @pytest.mark.line("RQ-115")
    def test_a_blocked_loop_is_told_of_once_with_the_place(
        self,
        harness: Harness,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.setattr(event_loop, "BLOCKED_AFTER", 0.05)
        monkeypatch.setattr(event_loop, "_LOOK", 0.02)
        BlockingJob.gate.clear()
        blocking = Harness()
        blocking.add(BlockingJob())
        until(lambda: "has held up the event loop" in caplog.text)
        assert "BlockingJob (" in caplog.text
        assert "self.gate.wait(10)" in caplog.text
        BlockingJob.gate.set()
        until(lambda: blocking.settled)
        assert caplog.text.count("has held up the event loop") == 1
        blocking.close()

    def test_many_short_ones_that_keep_it_from_turning_are_no_block(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(event_loop, "BLOCKED_AFTER", 0.3)
        monkeypatch.setattr(event_loop, "_LOOK", 0.02)
        harness = Harness()
        assert harness.outcomes(BurstJob()) == [Outcome.PERFORMED]
        assert "has held up" not in caplog.text
        harness.close()

    def test_time_limits_end_coroutines(self, harness: Harness) -> None:
        [settled] = harness.performed(SlowJob())
        assert settled.execution is not None
        assert settled.execution.error is not None
        assert settled.execution.error.class_name == "django_activejob.errors.JobTimeout"
        assert harness.overdue == []

    def test_the_end_of_the_process_cuts_jobs_off_without_a_settlement(
        self, harness: Harness
    ) -> None:
        harness.add(NapJob())
        until(lambda: NapJob.gates)
        harness.close()
        until(lambda: not any(t.name == "event-loop" for t in threading.enumerate()))
        assert harness.settled == []

    def test_nothing_begins_after_the_end(self, harness: Harness) -> None:
        harness.close()
        harness.add(NapJob())
        assert NapJob.gates == []


@pytest.mark.django_db(transaction=True)
class TestDatabase:
    @pytest.mark.line("RQ-116")
    def test_the_synchronous_orm_fails_plainly(self, harness: Harness) -> None:
        [settled] = harness.performed(SyncOrmJob())
        assert settled.execution is not None
        assert settled.execution.outcome is Outcome.FAILED
        assert settled.execution.error is not None
        assert settled.execution.error.class_name == (
            f"{SynchronousOnlyOperation.__module__}.{SynchronousOnlyOperation.__qualname__}"
        )

    @pytest.mark.line("RQ-116")
    def test_each_job_has_a_thread_and_a_connection_of_its_own(self, harness: Harness) -> None:
        before = set(threading.enumerate())
        assert harness.outcomes(AsyncOrmJob(), AsyncOrmJob()) == [Outcome.PERFORMED] * 2
        assert len({id(wrapper) for wrapper in seen}) == 2
        left = set(threading.enumerate()) - before
        assert not any(thread.name.startswith("ThreadPool") for thread in left)


def open_all(harness: Harness) -> None:
    loop = harness.pool._loop._loop
    assert loop is not None
    for gate in NapJob.gates:
        loop.call_soon_threadsafe(gate.set)


def test_envelopes_of_other_programs_are_not_parted() -> None:
    from django_activejob.job.parted_execution import can_be_parted

    envelope: Envelope = pack(NapJob())
    assert can_be_parted(envelope)
    envelope.payload["job_class"] = "Elsewhere"
    assert not can_be_parted(envelope)
