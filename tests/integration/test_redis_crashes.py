"""Processes are killed; what they had taken out of Redis is not lost."""

from __future__ import annotations

import contextlib
import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import PrivateRedis
from tests.waiting import until

from .harness import Run
from .redis_projects import RedisProject

pytestmark = pytest.mark.needs("redis")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[RedisProject]:
    """A project with its own server, which writes all down at once."""
    server = PrivateRedis("--appendonly", "yes", "--appendfsync", "always")
    server.start()
    project = RedisProject(tmp_path, server)
    try:
        yield project
    finally:
        project.close()
        server.kill()


class TestPerforming:
    def test_jobs_are_performed_and_leave_nothing_behind(self, project: RedisProject) -> None:
        run = project.runjobs("--processes", "2").until_ready(children=3)
        project.console.enqueue("NoteJob", *([number] for number in range(100)))
        project.until_done(range(100))
        assert set(project.count("end").values()) == {1}
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert project.console.ask("processes") == []


class TestCrashOfAWorker:
    @pytest.mark.line("RQ-216")
    def test_it_is_replaced_and_its_jobs_run_again(self, project: RedisProject) -> None:
        run = project.runjobs("--processes", "2", "--threads", "2").until_ready(children=3)
        project.console.enqueue("NoteJob", *([number, 1.0] for number in range(4)))
        until(lambda: project.has_begun(*range(4)))
        os.kill(project.pid_of(0), signal.SIGKILL)
        project.until_done(range(4))
        assert "killed by SIGKILL; it is replaced" in run.log
        assert project.count("start")[0] == 2

    def test_a_job_that_kills_its_process_fails_at_the_third_death_and_hurts_no_other(
        self, project: RedisProject
    ) -> None:
        project.console.enqueue("CrashJob", [1])
        project.console.enqueue("NoteJob", *([number] for number in range(2, 12)))
        project.runjobs("--threads", "2")
        until(lambda: project.console.dispatch() is None and _has_failed(project))
        assert project.has_ended(range(2, 12))
        assert project.count("start")[1] == 3
        assert project.console.failures() == ["django_activejob.errors.ProcessCrashed"]


class TestCrashOfTheWholeTree:
    @pytest.mark.line("RQ-216", "RQ-221")
    def test_no_job_is_lost_and_only_those_in_flight_run_twice(self, project: RedisProject) -> None:
        numbers = range(1000)
        project.console.enqueue("NoteJob", *([number, 0.02] for number in numbers))
        in_flight: set[int] = set()
        for share in (200, 600):
            run = project.runjobs("--processes", "2", "--threads", "5")
            until(lambda share=share: len(project.count("end")) > share)
            run.kill_all()
            in_flight |= set(project.console.ask("numbers", "running"))
        project.runjobs("--processes", "2", "--threads", "5")
        project.until_done(numbers)
        twice = {number for number, times in project.count("end").items() if times > 1}
        assert twice <= in_flight


class TestEverythingAtOnce:
    @pytest.mark.line("RQ-216", "RQ-217", "RQ-218")
    def test_ten_thousand_jobs_outlive_random_kills_and_two_restarts_of_redis(
        self, project: RedisProject
    ) -> None:
        numbers = range(10_000)
        for first in range(0, 10_000, 1_000):
            project.console.enqueue("NoteJob", *([first + each, 0.001] for each in range(1_000)))
        run = project.runjobs("--processes", "3", "--threads", "5").until_ready(children=4)
        for share in range(1_000, 9_000, 1_000):
            until(lambda share=share: len(project.count("end")) > share)
            os.kill(_RANDOM.choice(_children_of(run)), signal.SIGKILL)
            if share in (3_000, 6_000):
                project.server.kill()
                project.server.start()
        project.until_done(numbers)
        assert project.console.failures() == []


class TestSuspension:
    @pytest.mark.line("RQ-222")
    def test_a_process_that_slept_does_not_end_what_others_have_taken_over(
        self, project: RedisProject
    ) -> None:
        sleeping = project.runjobs("--processes", "2").until_ready(children=3)
        project.console.enqueue("NoteJob", [1, 2.0])
        until(lambda: project.has_begun(1))
        sleeping.send_to_all(signal.SIGSTOP)
        project.runjobs("--processes", "2")
        until(lambda: project.console.dispatch() is None and project.count("start")[1] == 2)
        sleeping.send_to_all(signal.SIGCONT)
        project.until_done([1])
        assert project.console.failures() == []


_RANDOM = random.SystemRandom()


def _children_of(run: Run) -> list[int]:
    """The pids of its workers and its dispatcher."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent, *_ = stat.read_text().rpartition(")")[2].split()
            if int(parent) == run.process.pid and state != "Z":
                found.append(int(stat.parent.name))
    return found


def _has_failed(project: RedisProject) -> bool:
    return project.console.counts() == {"failed": 1}
