"""Every execution comes to one end, whatever callbacks, handlers and hooks do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User

from django_activejob import (
    Abort,
    ActiveJob,
    after_discard,
    after_perform,
    around_perform,
    before_perform,
    discard_on,
    retry_on,
    signals,
)
from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import Envelope, Execution, Outcome
from django_activejob.job.execution import execute
from django_activejob.job.packing import pack
from tests.jobs import buffer
from tests.unit.conftest import Clock

ENDS = ("performed", "failed", "retry_scheduled", "discarded", "perform_aborted")


class NotingJob(ActiveJob):
    """Notes that its body ran; may be told to raise."""

    def perform(self, error: str = "") -> None:
        buffer.add("body")
        if error:
            raise {"key": KeyError, "index": IndexError, "lookup": LookupError}[error](error)


@pytest.fixture
def told() -> Iterator[list[str]]:
    """The names of the signals about the execution of jobs, as they are sent."""
    heard: list[str] = []
    receivers = {name: lambda name=name, **_: heard.append(name) for name in ("performing", *ENDS)}
    for name, receiver in receivers.items():
        getattr(signals, name).connect(receiver)
    yield heard
    for name, receiver in receivers.items():
        getattr(signals, name).disconnect(receiver)


def run(job: ActiveJob | Envelope, queue: TestAdapter) -> Execution:
    return execute(job if isinstance(job, Envelope) else pack(job), adapter=queue)


@pytest.mark.line("RQ-118")
class TestCallbacks:
    def test_before_that_raises_fails_the_job_without_its_body(self, queue: TestAdapter) -> None:
        class BeforeJob(NotingJob):
            @before_perform
            def break_down(self) -> None:
                raise ValueError("before")

        assert run(BeforeJob(), queue).outcome is Outcome.FAILED
        assert buffer.lines() == []

    def test_before_that_aborts_ends_it_without_its_body(self, queue: TestAdapter) -> None:
        class AbortedJob(NotingJob):
            @before_perform
            def refuse(self) -> None:
                raise Abort

        assert run(AbortedJob(), queue).outcome is Outcome.PERFORMED
        assert buffer.lines() == []

    def test_around_without_a_yield_ends_it_without_its_body(self, queue: TestAdapter) -> None:
        class ClosedJob(NotingJob):
            @around_perform
            def keep_out(self) -> Iterator[None]:
                if not self.executions:
                    yield

        assert run(ClosedJob(), queue).outcome is Outcome.PERFORMED
        assert buffer.lines() == []

    @pytest.mark.parametrize("position", ["first", "last"])
    def test_around_that_raises_fails_the_job(self, queue: TestAdapter, position: str) -> None:
        class AroundJob(NotingJob):
            @around_perform
            def break_down(self) -> Iterator[None]:
                if position == "first":
                    raise ValueError("around")
                yield
                raise ValueError("around")

        execution = run(AroundJob(), queue)
        assert execution.outcome is Outcome.FAILED
        assert execution.error is not None
        assert execution.error.message == "around"
        assert buffer.lines() == ([] if position == "first" else ["body"])

    def test_after_that_raises_fails_the_job_though_its_body_ran(self, queue: TestAdapter) -> None:
        class AfterJob(NotingJob):
            @after_perform
            def break_down(self) -> None:
                raise ValueError("after")

        assert run(AfterJob(), queue).outcome is Outcome.FAILED
        assert buffer.lines() == ["body"]


@pytest.mark.line("RQ-119")
class TestRetries:
    @pytest.mark.parametrize(
        ("errors", "outcomes"),
        [
            # each declaration counts its own errors; the last one declared is looked at first
            (["key", "key"], ["retried", "discarded"]),
            (["index", "index", "index"], ["retried", "retried", "failed"]),
            (["key", "index", "index", "key"], ["retried", "retried", "retried", "discarded"]),
            (["lookup", "lookup", "lookup"], ["retried", "retried", "failed"]),
            (["index", "lookup", "index"], ["retried", "retried", "failed"]),
        ],
    )
    def test_attempts_count_by_declaration_and_the_id_stays(
        self, queue: TestAdapter, errors: list[str], outcomes: list[str]
    ) -> None:
        @retry_on(KeyError, wait=1, attempts=2, then=lambda job, error: buffer.add("gave up"))
        @retry_on(LookupError, wait=1, attempts=3)
        class CountingJob(NotingJob):
            pass

        envelope = pack(CountingJob(errors[0]))
        ids, ends = set(), []
        for error in errors:
            envelope.payload["arguments"] = [error]
            execution = run(envelope, queue)
            ids.add(envelope.payload["job_id"])
            ends.append(execution.outcome.value)
            envelope = execution.retry or envelope
        assert ends == outcomes
        assert len(ids) == 1
        assert ("gave up" in buffer.lines()) is (outcomes[-1] == "discarded")

    @pytest.mark.line("RQ-127")
    def test_many_that_fail_at_once_come_back_apart_by_default(
        self, queue: TestAdapter, still: Clock
    ) -> None:
        @retry_on(KeyError, wait=100)
        class StormJob(NotingJob):
            pass

        retries = [run(StormJob("key"), queue).retry for _ in range(300)]
        waits = [(retry.scheduled_at - still.now()).total_seconds() for retry in retries if retry]
        assert len(waits) == 300
        assert 100 <= min(waits) < 105
        assert 110 < max(waits) <= 115


@pytest.mark.line("RQ-126")
class TestHooksThatRaise:
    def test_after_discard(self, queue: TestAdapter) -> None:
        @discard_on(KeyError)
        class DiscardedJob(NotingJob):
            @after_discard
            def break_down(self, error: Exception) -> None:
                raise ValueError("in after_discard")

        execution = run(DiscardedJob("key"), queue)
        assert execution.outcome is Outcome.FAILED
        assert execution.error is not None
        assert execution.error.message == "in after_discard"
        assert "KeyError: 'key'" in execution.error.traceback

    def test_then_of_an_exhausted_retry(self, queue: TestAdapter) -> None:
        def break_down(job: Any, error: Exception) -> None:
            raise ValueError("in then")

        @retry_on(KeyError, wait=1, attempts=1, then=break_down)
        class ExhaustedJob(NotingJob):
            pass

        execution = run(ExhaustedJob("key"), queue)
        assert (execution.outcome, execution.retry) == (Outcome.FAILED, None)
        assert execution.error is not None
        assert execution.error.message == "in then"


@pytest.mark.line("RQ-248")
class TestSignals:
    @pytest.mark.parametrize(
        ("error", "end"),
        [
            ("", "performed"),
            ("lookup", "failed"),
            ("key", "retry_scheduled"),
            ("index", "discarded"),
        ],
    )
    def test_each_execution_begins_and_ends_once(
        self, queue: TestAdapter, told: list[str], error: str, end: str
    ) -> None:
        @retry_on(KeyError, wait=1)
        @discard_on(IndexError)
        class ToldJob(NotingJob):
            pass

        run(ToldJob(error), queue)
        assert told[0] == "performing"
        assert told.count("performing") == 1
        ends = [name for name in told if name in ("failed", "retry_scheduled", "discarded")]
        assert ends == ([] if end == "performed" else [end])
        assert told.count("performed") == (0 if end == "failed" else 1)

    def test_a_receiver_that_raises_changes_nothing(self, queue: TestAdapter) -> None:
        def break_down(**_: object) -> None:
            raise SystemExit

        signals.performed.connect(break_down)
        try:
            assert run(NotingJob(), queue).outcome is Outcome.PERFORMED
        finally:
            signals.performed.disconnect(break_down)


@pytest.mark.line("RQ-100")
class TestOtherVersions:
    def test_what_a_newer_version_wrote_beside_is_left_alone(self, queue: TestAdapter) -> None:
        newer: Any = {**pack(NotingJob()).payload, "aj_9_priority_class": "gold"}
        envelope = Envelope(payload=newer, queue_name="default", extra={"aj_9": [1]})
        assert run(envelope, queue).outcome is Outcome.PERFORMED
        assert buffer.lines() == ["body"]

    def test_what_an_older_version_did_not_write_is_not_missed(self, queue: TestAdapter) -> None:
        payload: Any = dict(pack(NotingJob()).payload)
        for key in ("exception_executions", "timezone", "enqueued_at", "scheduled_at"):
            del payload[key]
        execution = run(Envelope(payload=payload, queue_name="default"), queue)
        assert execution.outcome is Outcome.PERFORMED

    def test_what_is_needed_and_missing_fails_with_its_name(self, queue: TestAdapter) -> None:
        payload: Any = dict(pack(NotingJob()).payload)
        del payload["arguments"]
        execution = run(Envelope(payload=payload, queue_name="default"), queue)
        assert execution.outcome is Outcome.FAILED
        assert execution.error is not None
        assert "arguments" in execution.error.message


class TestCoroutines:
    @pytest.mark.line("RQ-116")
    def test_the_synchronous_orm_in_one_is_a_plain_failure(self, queue: TestAdapter) -> None:
        class SyncOrmJob(ActiveJob):
            async def perform(self) -> None:
                User.objects.count()

        execution = run(SyncOrmJob(), queue)
        assert execution.outcome is Outcome.FAILED
        assert execution.error is not None
        assert execution.error.class_name.endswith("SynchronousOnlyOperation")

    @pytest.mark.line("RQ-115")
    def test_one_that_cancels_itself_has_failed(self, queue: TestAdapter) -> None:
        class CancelledJob(ActiveJob):
            async def perform(self) -> None:
                raise asyncio.CancelledError

        assert run(CancelledJob(), queue).outcome is Outcome.FAILED
