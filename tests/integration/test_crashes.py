"""Processes are killed; jobs are not lost."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.waiting import until

from .harness import Project, Run


class TestCrashOfAWorker:
    @pytest.mark.line("RQ-001", "RQ-002")
    def test_it_is_replaced_and_its_jobs_run_again(self, project: Project) -> None:
        run = project.runjobs("--processes", "2", "--threads", "2").until_ready(children=3)
        project.console.enqueue("NoteJob", *([number, 1.0] for number in range(4)))
        until(lambda: project.has_begun(*range(4)))
        os.kill(project.pid_of(0), signal.SIGKILL)
        until(lambda: run.log.count("has started") == 4)
        until(lambda: project.all_done({"finished": 4}))
        assert "killed by SIGKILL; it is replaced" in run.log
        assert project.count("start")[0] == 2

    @pytest.mark.line("RQ-002")
    def test_its_replacement_works_within_two_seconds(self, sqlite_project: Project) -> None:
        run = sqlite_project.runjobs("--processes", "2").until_ready(children=3)
        quickest = min(seconds_to_replace_a_worker(sqlite_project, run) for _ in range(3))
        assert quickest < 2  # a busy machine slows one, not all

    @pytest.mark.line("RQ-013", "RQ-014")
    def test_a_job_that_kills_its_process_fails_at_the_third_death_and_hurts_no_other(
        self, project: Project
    ) -> None:
        project.console.enqueue("CrashJob", [1])
        project.console.enqueue("NoteJob", *([number] for number in range(2, 12)))
        run = project.runjobs("--threads", "2")
        until(lambda: project.all_done({"failed": 1, "finished": 10}))
        assert project.count("start")[1] == 3
        assert project.console.failures() == ["django_activejob.errors.ProcessCrashed"]
        assert "exited with status 3" in run.log


class TestCrashOfTheSupervisor:
    @pytest.mark.line("RQ-004")
    def test_its_children_end_their_jobs_and_leave(self, project: Project) -> None:
        run = project.runjobs("--processes", "2").until_ready(children=3)
        project.console.enqueue("NoteJob", [1, 1.5])
        until(lambda: project.has_begun(1))
        os.kill(run.process.pid, signal.SIGKILL)
        until(run.is_empty)
        assert project.has_ended([1])
        assert project.console.counts() == {"finished": 1}
        assert project.console.ask("processes") == []


class TestCrashOfTheWholeTree:
    @pytest.mark.line("RQ-001", "RQ-005", "RQ-016")
    def test_no_job_is_lost_and_only_those_in_flight_run_twice(self, project: Project) -> None:
        numbers = range(1000)
        project.console.enqueue("NoteJob", *([number, 0.02] for number in numbers))
        in_flight: set[int] = set()
        for share in (200, 600):
            run = project.runjobs("--processes", "2", "--threads", "5")
            until(lambda share=share: len(project.count("end")) > share)
            run.kill_all()
            in_flight |= _unfinished(project)
        project.runjobs("--processes", "2", "--threads", "5")
        until(lambda: project.all_done({"finished": 1000}))
        assert project.has_ended(numbers)
        twice = {number for number, times in project.count("start").items() if times > 1}
        assert twice <= in_flight


def seconds_to_replace_a_worker(project: Project, run: Run) -> float:
    started = run.log.count("has started")
    victim = project.console.pids("worker")[0]
    killed_at = time.monotonic()
    os.kill(victim, signal.SIGKILL)
    until(lambda: run.log.count("has started") > started)
    seconds = time.monotonic() - killed_at
    until(lambda: len(project.console.pids("worker")) == 2)
    return seconds


def _unfinished(project: Project) -> set[int]:
    """Jobs that had begun and were not recorded as finished."""
    finished = set(project.console.ask("finished_numbers"))
    return set(project.count("start")) - finished
