"""Signals: what ends, what goes back, and how soon."""

from __future__ import annotations

import signal
import time

import pytest

from tests.waiting import until

from .harness import Project


class TestTerm:
    @pytest.mark.line("RQ-023")
    def test_running_jobs_end_and_no_more_are_claimed(self, project: Project) -> None:
        run = project.runjobs("--threads", "2").until_ready()
        project.console.enqueue("NoteJob", *([number, 1.0] for number in range(6)))
        until(lambda: len(project.count("start")) == 2)
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert len(project.count("start")) == len(project.count("end")) == 2
        assert project.console.counts() == {"finished": 2, "ready": 4}
        assert project.console.ask("processes") == []
        assert run.is_empty()

    @pytest.mark.line("RQ-024", "RQ-037")
    def test_a_job_that_outlasts_the_time_out_goes_back(self, project: Project) -> None:
        run = project.runjobs("--shutdown-timeout", "0.5").until_ready()
        project.console.enqueue("NoteJob", [1, 60])
        until(lambda: project.has_begun(1))
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert project.console.counts() == {"ready": 1}
        assert "1 jobs have not ended in time and go back to their queues." in run.log

    def test_a_job_that_must_not_run_twice_fails_in_place_of_going_back(
        self, project: Project
    ) -> None:
        run = project.runjobs("--shutdown-timeout", "0.5").until_ready()
        project.console.enqueue("PaymentJob", [1, 60])
        until(lambda: project.has_begun(1))
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert project.console.counts() == {"failed": 1}
        assert project.console.failures() == ["django_activejob.errors.ExecutionLost"]
        assert 'its class says on_crash = "fail"' in run.log

    @pytest.mark.line("RQ-026")
    def test_many_of_them_are_as_one(self, sqlite_project: Project) -> None:
        run = sqlite_project.runjobs().until_ready()
        sqlite_project.console.enqueue("NoteJob", [1, 1.0])
        until(lambda: sqlite_project.has_begun(1))
        for _ in range(5):
            run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert sqlite_project.console.counts() == {"finished": 1}

    @pytest.mark.line("RQ-031")
    def test_beats_go_on_until_the_last_job_has_ended(self, sqlite_project: Project) -> None:
        sqlite_project.settings |= {"SELF_FENCE_AFTER": 1.5, "DEAD_AFTER": 2}
        run = sqlite_project.runjobs("--processes", "2").until_ready(children=3)
        sqlite_project.console.enqueue("NoteJob", [1, 3.5])
        until(lambda: sqlite_project.has_begun(1))
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert sqlite_project.console.counts() == {"finished": 1}


class TestCtrlC:
    @pytest.mark.line("RQ-027")
    def test_it_stops_all_processes_once_and_without_a_traceback(self, project: Project) -> None:
        run = project.runjobs("--processes", "2").until_ready(children=3)
        project.console.enqueue("NoteJob", [1, 1.0])
        until(lambda: project.has_begun(1))
        run.send_to_all(signal.SIGINT)
        assert run.wait() == 0
        assert "Traceback" not in run.log
        assert run.log.count("worker-1 stops") == 1
        assert project.console.counts() == {"finished": 1}

    @pytest.mark.line("RQ-026")
    def test_a_second_one_stops_at_once(self, sqlite_project: Project) -> None:
        run = sqlite_project.runjobs().until_ready()
        sqlite_project.console.enqueue("NoteJob", [1, 60])
        until(lambda: sqlite_project.has_begun(1))
        began = time.monotonic()
        run.send_to_all(signal.SIGINT)
        until(lambda: time.monotonic() - began > 0.7)
        run.send_to_all(signal.SIGINT)
        assert run.wait() == 0
        assert sqlite_project.console.counts() == {"ready": 1}


class TestQuit:
    @pytest.mark.line("RQ-028")
    def test_it_stops_at_once_and_jobs_go_back(self, project: Project) -> None:
        run = project.runjobs().until_ready()
        project.console.enqueue("NoteJob", [1, 60])
        until(lambda: project.has_begun(1))
        run.send(signal.SIGQUIT)
        assert run.wait() == 0
        assert project.console.counts() == {"ready": 1}


class TestQuiet:
    @pytest.mark.line("RQ-033")
    def test_no_more_jobs_are_claimed_but_the_processes_stay(self, sqlite_project: Project) -> None:
        run = sqlite_project.runjobs("--threads", "1").until_ready()
        sqlite_project.console.enqueue("NoteJob", *([number, 0.5] for number in range(3)))
        until(lambda: sqlite_project.has_begun(0))
        run.send(signal.SIGTSTP)
        until(lambda: sqlite_project.has_ended([0]))
        until(lambda: sqlite_project.console.counts() == {"finished": 1, "ready": 2})
        assert len(sqlite_project.console.pids("worker")) == 1
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert sqlite_project.console.counts() == {"finished": 1, "ready": 2}


class TestSignalsDuringBoot:
    @pytest.mark.line("RQ-029")
    @pytest.mark.parametrize("delay", [0.0, 0.2, 0.5, 0.7, 0.9, 1.2])
    def test_no_process_is_left_behind(self, sqlite_project: Project, delay: float) -> None:
        began = time.monotonic()
        run = sqlite_project.runjobs("--processes", "2")
        until(lambda: time.monotonic() - began > delay)
        run.send(signal.SIGTERM)
        # Before Python has set a handler the default one ends the process.
        assert run.wait() in (0, -signal.SIGTERM)
        until(run.is_empty)
        assert "Traceback" not in run.log


class TestBrokenChildren:
    @pytest.mark.line("RQ-022")
    def test_runjobs_gives_up_when_they_die_at_every_start(self, sqlite_project: Project) -> None:
        sqlite_project.extra_environment["INTEGRATION_BROKEN_CHILDREN"] = "1"
        run = sqlite_project.runjobs()
        assert run.wait() == 1
        assert "worker-1 dies at every start" in run.log
        assert run.log.count("exited with status 9") == 5


class TestPidfile:
    @pytest.mark.line("RQ-020")
    def test_it_is_there_while_runjobs_runs(self, sqlite_project: Project) -> None:
        path = sqlite_project.folder / "pid"
        run = sqlite_project.runjobs("--pidfile", str(path)).until_ready()
        assert int(path.read_text()) == run.process.pid
        second = sqlite_project.runjobs("--pidfile", str(path))
        assert second.wait() == 1
        assert f"process {run.process.pid} is running" in second.log
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert not path.exists()
