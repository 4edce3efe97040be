"""Running jobs that an operator cancels, in real processes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.services import PrivateRedis
from tests.waiting import until

from .harness import Project
from .redis_projects import RedisProject

pytestmark = pytest.mark.line("DB-064")

CANCELLED = ["django_activejob.errors.JobCancelled"]


def begin(project: Project, job_class: str, *call: Any) -> None:
    """Enqueue job number 1, and wait until it runs."""
    project.console.enqueue(job_class, [1, *call])
    until(lambda: project.has_begun(1))


@pytest.fixture
def redis_project(tmp_path: Path) -> Iterator[RedisProject]:
    """A project with its own Redis."""
    server = PrivateRedis()
    server.start()
    project = RedisProject(tmp_path, server)
    try:
        yield project
    finally:
        project.close()
        server.kill()


class TestRunningJobs:
    def test_a_loop_ends_at_its_checkpoint_and_the_worker_goes_on(self, project: Project) -> None:
        project.runjobs("--threads", "1").until_ready()
        begin(project, "LoopJob")
        assert project.console.ask("cancel", 1) == 1
        until(lambda: project.console.counts() == {"finished": 1})
        assert project.count("left") == {1: 1}
        assert project.console.ask("last_errors", "finished") == CANCELLED
        project.console.enqueue("NoteJob", [2])
        until(lambda: project.console.counts() == {"finished": 2})

    @pytest.mark.parametrize("options", [("--threads", "1"), ("--concurrency", "5")], ids=" ".join)
    def test_a_coroutine_is_cancelled_through_its_task(
        self, sqlite_project: Project, options: tuple[str, ...]
    ) -> None:
        run = sqlite_project.runjobs(*options).until_ready()
        begin(sqlite_project, "CoroutineJob", 600.0)
        assert sqlite_project.console.ask("cancel", 1) == 1
        until(lambda: sqlite_project.console.counts() == {"finished": 1})
        assert sqlite_project.console.ask("last_errors", "finished") == CANCELLED
        assert not sqlite_project.count("end")
        assert "never awaited" not in run.log

    def test_steps_are_not_resumed(self, sqlite_project: Project) -> None:
        sqlite_project.runjobs().until_ready()
        begin(sqlite_project, "StepJob", 100_000, 0.02)
        assert sqlite_project.console.ask("cancel", 1) == 1
        until(lambda: sqlite_project.console.counts() == {"finished": 1})
        assert sqlite_project.console.ask("last_errors", "finished") == CANCELLED
        assert sqlite_project.count("start") == {1: 1}

    @pytest.mark.needs("redis")
    def test_in_redis_the_job_stands_among_the_failed(self, redis_project: RedisProject) -> None:
        redis_project.runjobs("--threads", "1").until_ready()
        begin(redis_project, "LoopJob")
        assert redis_project.console.ask("cancel", 1) == 1
        until(lambda: redis_project.console.counts() == {"failed": 1})
        assert redis_project.console.failures() == CANCELLED
        assert redis_project.count("left") == {1: 1}


class TestJobsThatDoNotListen:
    def test_do_not_run_again_when_their_process_stops(self, project: Project) -> None:
        run = project.runjobs("--threads", "1", "--shutdown-timeout", "0.2").until_ready()
        begin(project, "NoteJob", 600.0)
        assert project.console.ask("cancel", 1) == 1
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert project.console.counts() == {"finished": 1}
        assert project.console.ask("last_errors", "finished") == CANCELLED

    def test_do_not_run_again_when_their_process_dies(self, project: Project) -> None:
        project.runjobs("--threads", "1").until_ready()
        begin(project, "NoteJob", 600.0)
        assert project.console.ask("cancel", 1) == 1
        os.kill(project.pid_of(1), signal.SIGKILL)
        until(lambda: project.console.counts() == {"finished": 1})
        assert project.console.ask("last_errors", "finished") == CANCELLED
        assert project.count("start") == {1: 1}
