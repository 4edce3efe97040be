"""Workers with an event loop, in real processes."""

from __future__ import annotations

import os
import signal

import pytest

from tests.waiting import until

from .harness import Project

MANY = 150


def enqueue(project: Project, seconds: float, *, number: int = MANY) -> None:
    project.console.enqueue("CoroutineJob", *([index, seconds] for index in range(number)))


class TestConcurrency:
    def test_as_many_run_at_once_beside_jobs_with_threads(self, sqlite_project: Project) -> None:
        sqlite_project.runjobs("--concurrency", str(MANY + 2)).until_ready()
        sqlite_project.console.enqueue("NoteJob", [1000, 2.0], [1001, 2.0])
        enqueue(sqlite_project, 2.0)
        until(lambda: sqlite_project.has_begun(*range(MANY), 1000, 1001))
        assert not sqlite_project.count("end")
        until(lambda: sqlite_project.console.counts() == {"finished": MANY + 2})

    @pytest.mark.line("RQ-115")
    def test_what_outlasts_the_time_out_goes_back(self, project: Project) -> None:
        run = project.runjobs("--concurrency", "20", "--shutdown-timeout", "0.5").until_ready()
        enqueue(project, 60, number=20)
        until(lambda: project.has_begun(*range(20)))
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert project.console.counts() == {"ready": 20}
        assert "Traceback" not in run.log
        assert "never awaited" not in run.log

    @pytest.mark.line("RQ-115")
    def test_a_killed_worker_loses_none(self, sqlite_project: Project) -> None:
        sqlite_project.runjobs("--concurrency", "50").until_ready()
        enqueue(sqlite_project, 3.0, number=50)
        until(lambda: sqlite_project.has_begun(*range(50)))
        os.kill(sqlite_project.pid_of(0), signal.SIGKILL)
        until(lambda: sqlite_project.all_done({"finished": 50}))
        assert set(sqlite_project.count("start").values()) == {2}

    @pytest.mark.needs("postgres")
    def test_connections_of_jobs_are_closed_with_them(self, postgres_project: Project) -> None:
        run = postgres_project.runjobs("--concurrency", "30").until_ready()
        idle = postgres_project.console.ask("sessions")
        enqueue(postgres_project, 0.2)
        until(lambda: postgres_project.console.counts() == {"finished": MANY})
        # The threads of what comes before and after the coroutines may keep theirs.
        until(lambda: postgres_project.console.ask("sessions") <= idle + 5)
        assert "Traceback" not in run.log
