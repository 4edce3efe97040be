"""A throttle holds over processes and threads."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.waiting import until

from .harness import Project


def starts(project: Project) -> list[int]:
    """The jobs in the order in which they began."""
    return [number for number, _, moment in project.diary() if moment == "start"]


class TestFiveInASecond:
    @pytest.mark.line("RQ-143")
    def test_all_run_window_by_window(self, project: Project) -> None:
        project.console.enqueue("ThrottledJob", *([number] for number in range(23)))
        began = time.monotonic()
        project.runjobs("--processes", "2", "--threads", "3")
        until(lambda: project.console.counts() == {"finished": 23})
        # Between the first start and the last lie four whole windows.
        assert time.monotonic() - began >= 4
        begun = starts(project)
        windows = [sorted(begun[place : place + 5]) for place in range(0, 23, 5)]
        assert [number for window in windows for number in window] == list(range(23))

    @pytest.mark.line("RQ-143")
    def test_none_is_lost_when_a_worker_is_killed(self, project: Project) -> None:
        project.runjobs("--processes", "2", "--threads", "3").until_ready(children=3)
        project.console.enqueue("ThrottledJob", [0, 30.0], *([number] for number in range(1, 12)))
        until(lambda: project.has_begun(0))
        os.kill(project.pid_of(0), signal.SIGKILL)
        until(lambda: project.has_ended(range(1, 12)))
