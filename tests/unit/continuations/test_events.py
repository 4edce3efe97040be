from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.dispatch import Signal

from django_activejob import ActiveJob, signals
from django_activejob.continuations import Continuable
from django_activejob.contracts import Outcome
from tests.unit.continuations.furniture import ADAPTER, after, again, during, run, stopping
from tests.unit.continuations.jobs import CountingJob, CursorError, LinearJob

NAMES = {
    signals.interrupted: "interrupted",
    signals.resumed: "resumed",
    signals.step_started: "started",
    signals.step_performed: "performed",
    signals.step_skipped: "skipped",
}

Heard = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def heard() -> Iterator[Heard]:
    """What was sent of steps."""
    events: Heard = []

    def listen(*, signal: Signal, **facts: Any) -> None:
        events.append((NAMES[signal], facts))

    for signal in NAMES:
        signal.connect(listen)
    yield events
    for signal in NAMES:
        signal.disconnect(listen)


def told(heard: Heard, name: str) -> list[dict[str, Any]]:
    return [facts for heard_name, facts in heard if heard_name == name]


class TestSignals:
    def test_their_order(self, heard: Heard) -> None:
        with stopping(after("step_two")):
            interrupted = run(LinearJob())
        assert [name for name, _ in heard] == ["started", "performed"] * 2 + ["interrupted"]
        heard.clear()
        again(interrupted)
        expected = ["resumed", "skipped", "skipped", *["started", "performed"] * 2]
        assert [name for name, _ in heard] == expected
        assert all(facts["sender"] is LinearJob for _, facts in heard)
        assert all(facts["adapter"] is ADAPTER for _, facts in heard)

    @pytest.mark.line("AJ-305")
    def test_an_interruption_says_where_and_why(self, heard: Heard) -> None:
        class TiredJob(Continuable, ActiveJob):
            def perform(self) -> None:
                self.interrupt("tired")

        TiredJob.perform_now()
        (facts,) = told(heard, "interrupted")
        assert (facts["description"], facts["reason"]) == ("not started", "tired")
        assert (facts["completed_steps"], facts["current_step"]) == ((), None)

    @pytest.mark.line("AJ-306", "AJ-307")
    def test_a_resumption_says_where_and_what_is_skipped(self, heard: Heard) -> None:
        with stopping(after("step_one")):
            interrupted = run(LinearJob())
        again(interrupted)
        (facts,) = told(heard, "resumed")
        assert facts["description"] == "after 'step_one'"
        assert facts["completed_steps"] == ("step_one",)
        assert [facts["step"] for facts in told(heard, "skipped")] == ["step_one"]

    @pytest.mark.line("AJ-308", "AJ-309", "AJ-310", "AJ-312")
    def test_a_step_says_whether_it_was_resumed_and_interrupted(self, heard: Heard) -> None:
        class CheckingJob(Continuable, ActiveJob):
            def perform(self) -> None:
                self.step("check", lambda step: step.checkpoint())

        with stopping():
            interrupted = run(CheckingJob())
        assert [facts["step"].resumed for facts in told(heard, "started")] == [False]
        (facts,) = told(heard, "performed")
        assert (facts["interrupted"], facts["error"]) == (True, None)
        assert facts["step"].cursor is None
        assert facts["seconds"] >= 0
        heard.clear()
        again(interrupted)
        assert [facts["step"].resumed for facts in told(heard, "started")] == [True]
        (facts,) = told(heard, "performed")
        assert (facts["interrupted"], facts["error"]) == (False, None)
        assert facts["seconds"] >= 0

    @pytest.mark.line("AJ-311")
    def test_a_step_says_what_it_failed_with(self, heard: Heard) -> None:
        run(CountingJob(4, [1]))
        (facts,) = told(heard, "performed")
        assert isinstance(facts["error"], CursorError)
        assert facts["interrupted"] is False
        assert facts["seconds"] >= 0


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="django_activejob")
    return caplog


def lines(log: pytest.LogCaptureFixture) -> list[str]:
    """The lines about steps, with short names and without ids and times."""
    short = (record.getMessage().rpartition("] ")[2] for record in log.records)
    short = (re.sub(r"tests\.unit\.continuations\.jobs\.", "", line) for line in short)
    short = (re.sub(r" \(Job ID: [0-9a-f-]{36}\)| in [\d.]+ms", "", line) for line in short)
    return [line for line in short if re.match("Step|Error during|Interrupted|Resuming", line)]


class TestLogLines:
    @pytest.mark.line("AJ-105", "AJ-106")
    def test_between_steps(self, log: pytest.LogCaptureFixture) -> None:
        with stopping(after("step_one"), reason="deploying"):
            interrupted = run(LinearJob())
        assert lines(log) == [
            "Step 'step_one' started for LinearJob",
            "Step 'step_one' completed for LinearJob",
            "Interrupted LinearJob after 'step_one' (deploying)",
        ]
        log.clear()
        again(interrupted)
        assert lines(log)[:4] == [
            "Resuming LinearJob after 'step_one'",
            "Step 'step_one' skipped LinearJob",
            "Step 'step_two' started for LinearJob",
            "Step 'step_two' completed for LinearJob",
        ]

    @pytest.mark.line("AJ-107")
    def test_within_a_step(self, log: pytest.LogCaptureFixture) -> None:
        with stopping(during("count", 2)):
            interrupted = run(CountingJob(4))
        assert lines(log) == [
            "Step 'count' started for CountingJob",
            "Interrupted CountingJob at 'count', cursor '2' (stopping)",
            "Step 'count' interrupted at cursor '2' for CountingJob",
        ]
        log.clear()
        again(interrupted)
        assert lines(log)[:3] == [
            "Resuming CountingJob at 'count', cursor '2'",
            "Step 'count' resumed from cursor '2' for CountingJob",
            "Step 'count' completed for CountingJob",
        ]

    def test_an_error(self, log: pytest.LogCaptureFixture) -> None:
        run(CountingJob(4, [1]))
        assert lines(log)[1] == (
            "Error during step 'count' at cursor '2' for CountingJob: CursorError (Cursor error)"
        )
        assert next(r for r in log.records if "Error during" in r.getMessage()).levelname == "ERROR"
        retrying = next(r.getMessage() for r in log.records if "Retrying" in r.getMessage())
        assert retrying.endswith(
            "after 1 attempts in 5 seconds, due to a CursorError (Cursor error)."
        )
        assert not any("Error performing" in record.getMessage() for record in log.records)

    @pytest.mark.line("AJ-123")
    def test_isolation_is_a_reason(self, log: pytest.LogCaptureFixture) -> None:
        class IsolatedJob(LinearJob):
            def perform(self) -> None:
                self.step(self.step_one)
                self.step(self.step_two, isolated=True)
                self.step(self.step_three)

        assert again(again(run(IsolatedJob()))).outcome is Outcome.PERFORMED
        told = [line.partition(" after ")[2] for line in lines(log) if "Interrupted" in line]
        assert told == ["'step_one' (isolating)", "'step_two' (isolating)"]

    def test_the_facts_are_there_for_machines(self, log: pytest.LogCaptureFixture) -> None:
        with stopping(during("count", 2)):
            run(CountingJob(4))
        events = {getattr(record, "event", ""): record for record in log.records}
        interrupt = vars(events["active_job.interrupt"])
        assert interrupt["description"] == "at 'count', cursor '2'"
        assert interrupt["reason"] == "stopping"
        step = vars(events["active_job.step"])
        assert (step["step"], step["cursor"], step["interrupted"]) == ("count", 2, True)
        assert step["duration"] >= 0
