"""What `runjobs --check` goes by."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import timedelta
from unittest.mock import Mock

import pytest

from django_activejob import clock, handler
from django_activejob.contracts import ProcessRecord
from django_activejob.errors import AdapterUnavailable
from django_activejob.runtime.configuration import Plan, ProcessPlan, Timing, WorkerPlan
from django_activejob.runtime.liveness import problems

PLAN = Plan(
    processes=(
        ProcessPlan(
            name="worker-1",
            worker=WorkerPlan(adapter="fake", queues=("*",), threads=1),
            chores_for=(),
            timing=Timing(),
        ),
    ),
    timing=Timing(),
)


@pytest.fixture
def inspector(monkeypatch: pytest.MonkeyPatch) -> Mock:
    inspector = Mock()
    adapter = Mock(inspector=lambda: inspector)
    monkeypatch.setattr(handler, "adapter", lambda alias: adapter)
    return inspector


def process(silent_for: float = 1.0) -> ProcessRecord:
    return ProcessRecord(
        id="abc",
        kind="worker",
        hostname=socket.gethostname(),
        pid=7,
        metadata={"name": "worker-1", "supervisor_pid": 6},
        beat_at=clock.now() - timedelta(seconds=silent_for),
    )


class TestProblems:
    def test_there_are_none_when_the_processes_of_this_host_beat(self, inspector: Mock) -> None:
        inspector.processes.return_value = [process()]
        assert problems(PLAN, supervisor_pid=None) == []
        assert problems(PLAN, supervisor_pid=6) == []

    def test_the_processes_of_others_do_not_count(self, inspector: Mock) -> None:
        inspector.processes.return_value = [replace(process(), hostname="elsewhere")]
        assert problems(PLAN, supervisor_pid=None) == [
            "fake: no worker of this host is registered."
        ]
        inspector.processes.return_value = [process()]
        assert len(problems(PLAN, supervisor_pid=5)) == 1

    def test_a_silent_one_is_named(self, inspector: Mock) -> None:
        inspector.processes.return_value = [process(), process(silent_for=25)]
        assert problems(PLAN, supervisor_pid=None) == ["fake: worker-1 (pid 7) last beat 25 s ago."]

    def test_one_that_has_just_come_is_not_silent(self, inspector: Mock) -> None:
        inspector.processes.return_value = [replace(process(), beat_at=None)]
        assert problems(PLAN, supervisor_pid=None) == []

    def test_a_store_that_is_down_is_one(self, inspector: Mock) -> None:
        inspector.processes.side_effect = AdapterUnavailable("down")
        assert problems(PLAN, supervisor_pid=None) == ["fake: down"]

    def test_so_is_an_adapter_that_tells_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(handler, "adapter", lambda alias: Mock(inspector=lambda: None))
        assert "does not tell who works for it" in problems(PLAN, supervisor_pid=None)[0]
