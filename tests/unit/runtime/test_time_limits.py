"""Jobs that take longer than they may."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from django_activejob import ActiveJob, retry_on
from django_activejob.contracts import Execution, Outcome
from django_activejob.errors import ConfigurationError, JobTimeout
from django_activejob.job.context import set_limiting
from django_activejob.job.execution import execute
from django_activejob.job.packing import pack
from django_activejob.runtime import time_limits
from django_activejob.runtime.time_limits import Limit, TimeLimits, serve
from tests.waiting import until

from .fakes import FakeAdapter

SHORT = 0.05


class EndlessJob(ActiveJob):
    timeout = SHORT
    cleaned = threading.Event()

    def perform(self) -> None:
        try:
            while True:
                with contextlib.suppress(Exception):
                    sum(range(100))
        finally:
            self.cleaned.set()


class EndlessCoroutineJob(ActiveJob):
    timeout = SHORT

    async def perform(self) -> None:
        await asyncio.sleep(60)


class OwnTimeoutJob(ActiveJob):
    timeout = 60

    async def perform(self) -> None:
        raise TimeoutError("of a socket")


class QuickJob(ActiveJob):
    timeout = 60

    def perform(self) -> None:
        pass


@retry_on(JobTimeout, wait=0)
class RetriedJob(EndlessJob):
    pass


class DeafJob(ActiveJob):
    """Does not react, until a test lets it."""

    timeout = SHORT
    gate = threading.Event()

    def perform(self) -> None:
        self.gate.wait()


@pytest.fixture
def overdue() -> list[str]:
    return []


@pytest.fixture
def limits(overdue: list[str]) -> Iterator[TimeLimits]:
    limits = TimeLimits(when_overdue=overdue.append)
    limits.start()
    before = set_limiting(limits.limited)
    yield limits
    set_limiting(before)
    limits.end()
    until(lambda: not limits._thread.is_alive())


def run(job: ActiveJob) -> Execution:
    return execute(pack(job), adapter=FakeAdapter())


def elsewhere(action: Callable[[], Any]) -> threading.Thread:
    thread = threading.Thread(target=action)
    thread.start()
    return thread


@pytest.mark.usefixtures("limits")
class TestTimeout:
    @pytest.mark.line("RQ-112")
    def test_code_without_end_is_left_and_can_clean_up(self) -> None:
        EndlessJob.cleaned.clear()
        execution = run(EndlessJob())
        assert execution.outcome is Outcome.FAILED
        assert execution.error.class_name == "django_activejob.errors.JobTimeout"
        assert "it had not ended after 0.05 s, the timeout of its class" in execution.error.message
        assert EndlessJob.cleaned.is_set()

    def test_the_traceback_leads_to_where_the_job_was(self) -> None:
        assert "test_time_limits.py" in run(EndlessJob()).error.traceback

    @pytest.mark.line("RQ-112")
    def test_a_coroutine_is_cancelled(self) -> None:
        execution = run(EndlessCoroutineJob())
        assert execution.outcome is Outcome.FAILED
        assert execution.error.class_name == "django_activejob.errors.JobTimeout"

    def test_another_time_out_stays_what_it_is(self) -> None:
        execution = run(OwnTimeoutJob())
        assert (execution.error.class_name, execution.error.message) == (
            "TimeoutError",
            "of a socket",
        )

    def test_handlers_see_it(self) -> None:
        assert run(RetriedJob()).outcome is Outcome.RETRIED

    def test_a_job_that_is_quick_knows_nothing_of_it(self, limits: TimeLimits) -> None:
        assert run(QuickJob()).outcome is Outcome.PERFORMED
        assert limits._limits == set()

    def test_a_job_that_is_run_here_and_now_has_no_limit(self) -> None:
        DeafJob.gate.set()
        assert DeafJob.perform_now() is None


class TestOverdue:
    def test_code_that_does_not_react_is_told_with_its_place(
        self,
        limits: TimeLimits,
        overdue: list[str],
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.setattr(time_limits, "GRACE", SHORT)
        DeafJob.gate.clear()
        ends: list[Execution] = []

        def act() -> None:
            serve("7:1")
            ends.append(run(DeafJob()))

        thread = elsewhere(act)
        until(lambda: overdue == ["7:1"])
        assert "It has not reacted for 0.05 s" in caplog.text
        assert "self.gate.wait()" in caplog.text
        DeafJob.gate.set()
        thread.join()
        assert ends[0].error.class_name == "django_activejob.errors.JobTimeout"

    def test_what_reacts_in_time_is_not(self, limits: TimeLimits, overdue: list[str]) -> None:
        run(EndlessJob())
        assert overdue == []
        assert limits.is_alive()


class TestLimit:
    def test_an_exception_that_comes_too_late_is_taken_back(self) -> None:
        limit = Limit(QuickJob(), token="1:1")
        fired = threading.Event()

        def act() -> str:
            return "done"

        def fire_late() -> None:
            limit.fire()
            fired.set()

        assert limit.call(act) == "done"
        elsewhere(fire_late).join()
        assert fired.is_set()
        assert not limit.is_inside

    def test_a_job_that_ends_by_itself_meanwhile_keeps_its_own_error(self) -> None:
        limit = Limit(QuickJob(), token="1:1")

        def act() -> None:
            raise ValueError("its own")

        with pytest.raises(ValueError, match="its own"):
            limit.call(act)

    def test_one_that_is_still_pending_is_cleared(self) -> None:
        limit = Limit(QuickJob(), token="1:1")
        limit.is_inside = limit.has_fired = True
        limit._come_out()
        assert not limit.is_inside


class TestDeclaration:
    @pytest.mark.parametrize("timeout", [0, -1, "5", True])
    def test_what_is_no_time_is_refused(self, timeout: object) -> None:
        with pytest.raises(ConfigurationError, match=r"OddJob\.timeout = .*: give a number"):
            type("OddJob", (ActiveJob,), {"timeout": timeout})
