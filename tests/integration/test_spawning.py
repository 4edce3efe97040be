"""Children in fresh interpreters."""

from __future__ import annotations

import os
import signal

import pytest

from tests.waiting import until

from .harness import Project


@pytest.mark.line("RQ-195", "RQ-196")
class TestSpawn:
    def test_jobs_are_performed_and_all_stops_in_order(self, project: Project) -> None:
        run = project.runjobs("--start-method", "spawn", "--processes", "2")
        run.until_ready(children=3)
        project.console.enqueue("NoteJob", *([number, 0.2] for number in range(6)))
        until(lambda: project.has_ended(range(6)))
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert "Traceback" not in run.log
        assert project.console.ask("processes") == []
        until(run.is_empty)

    def test_what_a_killed_child_had_begun_is_known(self, sqlite_project: Project) -> None:
        run = sqlite_project.runjobs("--start-method", "spawn", "--threads", "1").until_ready()
        sqlite_project.console.enqueue("PaymentJob", [1, 60])
        sqlite_project.console.enqueue("NoteJob", [2])
        until(lambda: sqlite_project.has_begun(1))
        os.kill(sqlite_project.pid_of(1), signal.SIGKILL)
        until(lambda: sqlite_project.all_done({"failed": 1, "finished": 1}))
        assert sqlite_project.console.failures() == ["django_activejob.errors.ProcessCrashed"]
        assert "killed by SIGKILL; it is replaced" in run.log

    def test_children_notice_that_their_supervisor_is_gone(self, sqlite_project: Project) -> None:
        run = sqlite_project.runjobs("--start-method", "spawn").until_ready()
        run.send(signal.SIGKILL)
        until(run.is_empty)
        assert "its supervisor is gone" in run.log
