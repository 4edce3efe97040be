from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.dispatch import Signal

from django_activejob import perform_all_later, retry_on, signals
from django_activejob.adapters.test import TestAdapter
from django_activejob.job.execution import execute
from django_activejob.job.packing import pack
from tests.jobs.failing import FailingJob
from tests.jobs.hello import HelloJob

NAMES = {signal: name for name, signal in vars(signals).items() if isinstance(signal, Signal)}


@pytest.fixture
def heard() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Every signal that was sent, by name, with its facts."""
    events: list[tuple[str, dict[str, Any]]] = []

    def listen(*, signal: Signal, **facts: Any) -> None:
        events.append((NAMES[signal], facts))

    for signal in NAMES:
        signal.connect(listen)
    yield events
    for signal in NAMES:
        signal.disconnect(listen)


Heard = list[tuple[str, dict[str, Any]]]


def names(heard: Heard) -> list[str]:
    return [name for name, _ in heard]


class TestEvents:
    @pytest.mark.line("AJ-178")
    def test_perform_now(self, heard: Heard) -> None:
        HelloJob.perform_now()
        assert names(heard) == ["performing", "performed"]
        assert heard[1][1]["sender"] is HelloJob
        assert heard[1][1]["seconds"] >= 0

    @pytest.mark.line("AJ-179")
    def test_perform_later(self, heard: Heard, queue: TestAdapter) -> None:
        job = HelloJob.perform_later()
        assert names(heard) == ["enqueued"]
        assert heard[0][1]["job"] is job
        assert heard[0][1]["adapter"] is queue

    @pytest.mark.line("AJ-285")
    def test_perform_all_later(self, heard: Heard, queue: TestAdapter) -> None:
        jobs = [HelloJob(), FailingJob([])]
        perform_all_later(jobs)
        assert names(heard) == ["enqueued_all"]
        assert heard[0][1]["jobs"] == jobs
        assert heard[0][1]["enqueued_count"] == 2

    @pytest.mark.line("AJ-180")
    def test_a_retry(self, heard: Heard, queue: TestAdapter) -> None:
        execute(pack(FailingJob(["Flaky"])), adapter=queue)
        assert names(heard) == ["performing", "enqueued", "retry_scheduled", "performed"]

    @pytest.mark.line("AJ-181")
    def test_retries_in_vain(self, heard: Heard) -> None:
        @retry_on(ValueError, attempts=1)
        class VainJob(FailingJob):
            pass

        with pytest.raises(ValueError):  # noqa: PT011 - raised without a message
            VainJob.perform_now(["Value"])
        assert names(heard) == ["performing", "retries_exhausted", "failed"]

    @pytest.mark.line("AJ-182")
    def test_a_discard(self, heard: Heard) -> None:
        FailingJob.perform_now(["Hopeless"])
        assert names(heard) == ["performing", "discarded", "performed"]

    @pytest.mark.line("RQ-111")
    def test_a_receiver_that_raises_hurts_nobody(self, queue: TestAdapter) -> None:
        def raise_it(**_: Any) -> None:
            raise SystemExit

        signals.performing.connect(raise_it)
        try:
            assert HelloJob.perform_now("Ada") == "hello, Ada"
        finally:
            signals.performing.disconnect(raise_it)


class TestTable:
    def test_every_signal_is_in_the_table_of_the_module(self) -> None:
        assert signals.__doc__ is not None
        rows = {line.split()[0] for line in signals.__doc__.splitlines() if line.strip()}
        assert set(NAMES.values()) <= rows
