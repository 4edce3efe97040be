"""Which queues have a worker."""

from __future__ import annotations

import pytest

from django_activejob.contracts import QueueRecord
from django_activejob.dashboard.serving import serves, without_worker
from django_activejob.dashboard.warnings import warnings_of
from tests.dashboard.records import process_record


def queue(name: str, size: int = 1, *, paused: bool = False) -> QueueRecord:
    return QueueRecord(name=name, size=size, latency=None, paused=paused)


class TestServes:
    @pytest.mark.parametrize(
        ("wanted", "name", "answer"),
        [
            ((), "any", True),
            (("*",), "any", True),
            (("mail",), "mail", True),
            (("mail",), "mailers", False),
            (("mail*",), "mailers", True),
            (("*", "-mail*"), "mailers", False),
            (("-mail",), "mailers", True),
            (("-mail",), "mail", False),
        ],
    )
    def test_knows_names_patterns_and_exceptions(
        self, wanted: tuple[str, ...], name: str, answer: bool
    ) -> None:
        assert serves(wanted, name) is answer


@pytest.mark.line("RQ-183", "DB-093")
class TestWarnings:
    def test_a_queue_without_worker_is_one_that_waits_for_nobody(self) -> None:
        worker = process_record(said={"queues": ["default"]})
        queues = [queue("default"), queue("lost"), queue("held", paused=True), queue("empty", 0)]

        assert [found.name for found in without_worker(queues, [worker])] == ["lost"]
        assert list(warnings_of([worker], queues)) == ["No worker takes jobs from: lost."]

    def test_a_quiet_or_silent_worker_is_none(self) -> None:
        quiet = process_record(said={"quiet": True})

        assert "Start manage.py runjobs" in next(warnings_of([quiet], []))

    def test_the_silent_are_counted(self) -> None:
        live, silent = process_record(), process_record(beat_at=None)

        assert list(warnings_of([live, silent], [])) == [
            "1 process has fallen silent; its jobs are given to others soon."
        ]

    def test_all_is_well(self) -> None:
        worker = process_record(said={"queues": ["*"]})

        assert list(warnings_of([worker], [queue("default")])) == []

    def test_many_queues_are_not_all_named(self) -> None:
        worker = process_record(said={"queues": ["default"]})
        queues = [queue(f"q{number}") for number in range(9)]

        [warning] = warnings_of([worker], queues)

        assert warning == "No worker takes jobs from: q0, q1, q2, q3, q4, …."
