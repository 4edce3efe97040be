"""A limit holds over processes and threads, whoever dies."""

from __future__ import annotations

import os
import signal

import pytest

from tests.waiting import until

from .harness import Project


def overlaps(project: Project, *, killed: frozenset[int] = frozenset()) -> list[int]:
    """The jobs that began while another one was running; what ran in a killed process has ended."""
    found: list[int] = []
    running: int | None = None
    for number, pid, moment in project.diary():
        if moment == "start":
            if running is not None and running not in killed:
                found.append(number)
            running = pid
        else:
            running = None
    return found


class TestLimitOfOne:
    @pytest.mark.line("RQ-130")
    def test_all_run_and_never_two_at_once(self, project: Project) -> None:
        numbers = range(60)
        project.console.enqueue("LimitedJob", *([number, 0.005] for number in numbers))
        project.runjobs("--processes", "2", "--threads", "5")
        until(lambda: project.console.counts() == {"finished": 60})
        assert sorted(project.count("end")) == list(numbers)
        assert overlaps(project) == []

    @pytest.mark.line("RQ-131")
    def test_the_permit_of_a_killed_worker_is_given_on_at_once(self, project: Project) -> None:
        # Nobody is found silent here: the dead worker's own supervisor gives the permit on.
        project.settings.update(SELF_FENCE_AFTER=500, DEAD_AFTER=600)
        project.runjobs("--processes", "2", "--threads", "5").until_ready(children=3)
        project.console.enqueue("LimitedJob", [0, 30.0], *([number] for number in range(1, 20)))
        until(lambda: project.has_begun(0))
        killed = project.pid_of(0)
        os.kill(killed, signal.SIGKILL)
        until(lambda: project.has_begun(1))
        # The killed job comes back after a random pause, maybe before others, for 30 seconds.
        until(lambda: project.has_ended(range(1, 20)))
        assert overlaps(project, killed=frozenset({killed})) == []
