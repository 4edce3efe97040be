"""Processes stand still, hosts disagree about the time; jobs are not lost."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.waiting import until

from .harness import Project

HOUR = 3600


class TestStalledTree:
    @pytest.mark.line("RQ-008", "RQ-005")
    def test_what_it_held_runs_elsewhere_and_its_late_results_are_refused(
        self, project: Project
    ) -> None:
        stalled = project.runjobs("--threads", "2").until_ready()
        project.console.enqueue("NoteJob", [0, 1.0], [1, 1.0])
        until(lambda: project.has_begun(0, 1))
        stalled.send_to_all(signal.SIGSTOP)
        other = project.runjobs("--threads", "2").until_ready()
        project.console.enqueue("NoteJob", *([number] for number in range(2, 20)))
        until(lambda: project.all_done({"finished": 20}))
        stalled.send_to_all(signal.SIGCONT)
        until(lambda: len(project.count("end")) == 20 and project.count("end")[0] == 2)
        until(lambda: stalled.log.count("has started") == 2)
        assert project.console.counts() == {"finished": 20}
        assert {number for number, times in project.count("start").items() if times > 1} == {0, 1}
        assert "is replaced" not in other.log
        project.console.enqueue("NoteJob", *([number] for number in range(20, 40)))
        until(lambda: project.all_done({"finished": 40}))

    @pytest.mark.line("RQ-131")
    def test_the_permit_that_it_held_goes_to_one_other(self, server_project: Project) -> None:
        project = server_project
        stalled = project.runjobs("--threads", "2").until_ready()
        project.console.enqueue("LimitedJob", [0, 1.0], *([number, 0.2] for number in range(1, 6)))
        until(lambda: project.has_begun(0))
        stalled.send_to_all(signal.SIGSTOP)
        project.runjobs("--threads", "2").until_ready()
        until(lambda: project.all_done({"finished": 6}))
        stalled.send_to_all(signal.SIGCONT)
        until(lambda: project.count("end")[0] == 2)
        assert project.console.counts() == {"finished": 6}


class TestTwoSupervisors:
    @pytest.mark.line("RQ-005", "RQ-016")
    def test_one_dies_as_a_whole_and_the_other_does_all_its_work(self, project: Project) -> None:
        numbers = range(400)
        runs = [project.runjobs("--processes", "2", "--threads", "2") for _ in range(2)]
        for run in runs:
            run.until_ready(children=3)
        project.console.enqueue("NoteJob", *([number, 0.03] for number in numbers))
        until(lambda: len(project.count("end")) > 50)
        runs[0].kill_all()
        in_flight = set(project.count("start")) - set(project.console.ask("finished_numbers"))
        until(lambda: project.all_done({"finished": 400}))
        assert project.has_ended(numbers)
        twice = {number for number, times in project.count("start").items() if times > 1}
        assert twice <= in_flight
        # Two workers and who does the chores: of the dead tree one may be found silent last.
        until(lambda: len(project.console.ask("processes")) == 3)
        runs[1].send(signal.SIGTERM)
        assert runs[1].wait() == 0
        assert project.console.ask("processes") == []

    @pytest.mark.line("RQ-004", "RQ-005")
    def test_the_supervisor_and_its_worker_die_together(self, project: Project) -> None:
        run = project.runjobs("--processes", "2", "--threads", "1").until_ready(children=3)
        project.console.enqueue("NoteJob", *([number, 1.0] for number in range(4)))
        until(lambda: len(project.count("start")) == 2)
        worker = next(pid for _, pid, moment in project.diary() if moment == "start")
        os.kill(run.process.pid, signal.SIGKILL)
        os.kill(worker, signal.SIGKILL)
        until(run.is_empty)
        project.runjobs("--threads", "2")
        until(lambda: project.all_done({"finished": 4}))
        assert project.has_ended(range(4))


class TestClocks:
    @pytest.mark.line("RQ-149")
    @pytest.mark.parametrize("seconds", [-HOUR, 24 * HOUR])
    def test_a_host_whose_clock_jumps_prunes_nobody_and_loses_nothing(
        self, server_project: Project, seconds: float
    ) -> None:
        project = server_project
        right = project.runjobs("--threads", "1").until_ready()
        skewed = project.runjobs_with_clock("--threads", "1")
        skewed.until_ready()
        project.console.enqueue("NoteJob", *([number, 0.05] for number in range(60)))
        until(lambda: len(project.count("end")) > 5)
        project.move_clock(seconds)
        until(lambda: project.console.counts() == {"finished": 60})
        began = time.monotonic()
        # Longer than the time after which the silent are buried.
        until(lambda: time.monotonic() - began > 6)
        assert set(project.count("start").values()) == {1}
        assert len(project.console.pids("worker")) == 2
        assert "is replaced" not in right.log + skewed.log
        assert "last beat" not in right.log + skewed.log

    @pytest.mark.line("RQ-150", "RQ-149")
    def test_what_is_due_is_told_by_the_stores_clock(self, server_project: Project) -> None:
        project = server_project
        project.runjobs_with_clock("--threads", "1").until_ready()
        project.move_clock(5)
        project.console.ask("enqueue_later", "NoteJob", [1], 4.0)
        asked = time.monotonic()
        until(lambda: project.has_ended([1]))
        assert time.monotonic() - asked > 3
        assert all(seconds >= 0 for seconds in project.console.ask("waits"))
