"""Jobs, and what is around them, that do what they should not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.waiting import until

from .harness import ROOT, Project

HANGING_RECEIVER = """
import time
from django.apps import AppConfig

class HangingConfig(AppConfig):
    name = "hanging"

    def ready(self):
        from django_activejob import signals
        signals.process_stopping.connect(hang, weak=False)

def hang(**facts):
    time.sleep(600)
"""

BROKEN_HANDLER = """
import logging
from django.apps import AppConfig

class BrokenLogConfig(AppConfig):
    name = "brokenlog"

    def ready(self):
        for name in (None, "django_activejob", "work"):
            logger = logging.getLogger(name)
            logger.addHandler(Broken())
            logger.setLevel(logging.DEBUG)

class Broken(logging.Handler):
    def handle(self, record):
        raise RuntimeError("the log server is down")
"""


class TestErrors:
    @pytest.mark.line("RQ-107")
    def test_a_job_without_memory_fails_alone(self, sqlite_project: Project) -> None:
        fails_alone(sqlite_project, "GreedyJob", "MemoryError")

    @pytest.mark.line("RQ-108")
    def test_an_endless_recursion_fails_alone(self, sqlite_project: Project) -> None:
        fails_alone(sqlite_project, "EndlessRecursionJob", "RecursionError")

    @pytest.mark.line("RQ-092")
    def test_a_module_that_cannot_be_imported_fails_its_jobs_until_it_is_mended(
        self, sqlite_project: Project
    ) -> None:
        sqlite_project.write_app("garden", plants="def grow(number:")
        run = sqlite_project.runjobs("--threads", "1").until_ready()
        sqlite_project.console.enqueue("CallJob", [1, "garden.plants.grow"])
        sqlite_project.console.enqueue("NoteJob", [2])
        until(lambda: sqlite_project.console.counts() == {"failed": 1, "finished": 1})
        assert sqlite_project.console.failures() == ["SyntaxError"]
        assert "is replaced" not in run.log
        good = "from tests.integration.project.work.jobs import note\n"
        good += "def grow(number):\n    note(number, 'end')\n"
        sqlite_project.write_app("garden", plants=good)
        sqlite_project.console.ask("retry")
        until(lambda: sqlite_project.has_ended([1]))

    @pytest.mark.line("RQ-092")
    def test_job_modules_that_cannot_be_imported_keep_runjobs_from_starting(
        self, sqlite_project: Project
    ) -> None:
        sqlite_project.write_app("garden", jobs="import nowhere")
        run = sqlite_project.runjobs()
        assert run.wait() == 1
        assert "No module named 'nowhere'" in run.log
        assert "garden/jobs.py" in run.log


class TestLeftovers:
    @pytest.mark.line("RQ-113")
    def test_threads_and_processes_of_jobs_do_not_keep_a_worker(
        self, sqlite_project: Project
    ) -> None:
        run = sqlite_project.runjobs().until_ready()
        sqlite_project.console.enqueue("LeavingJob", [1])
        until(lambda: sqlite_project.console.counts() == {"finished": 1})
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert sqlite_project.console.ask("processes") == []

    @pytest.mark.line("RQ-114")
    def test_what_a_job_changes_is_not_seen_by_the_next(self, sqlite_project: Project) -> None:
        run = sqlite_project.runjobs("--threads", "1").until_ready()
        sqlite_project.console.enqueue("UntidyJob", [1])
        sqlite_project.console.enqueue("LookingJob", [2])
        until(lambda: sqlite_project.console.counts() == {"failed": 1, "finished": 1})
        assert sqlite_project.console.failures() == ["ValueError"]
        assert sqlite_project.count("en-us,America/Chicago") == {2: 1}
        run.send(signal.SIGTERM)
        assert run.wait() == 0

    @pytest.mark.line("RQ-117")
    def test_a_flood_into_closed_streams_holds_nobody(self, sqlite_project: Project) -> None:
        reading, writing = os.pipe()
        process = subprocess.Popen(
            [sys.executable, "-m", "django_activejob", "--threads", "2"],
            env=sqlite_project.environment(sqlite_project.database),
            cwd=ROOT,
            stdout=writing,
            stderr=writing,
            start_new_session=True,
        )
        os.close(writing)
        try:
            os.read(reading, 1)
            os.close(reading)
            sqlite_project.console.enqueue("NoisyJob", [1], [2])
            sqlite_project.console.enqueue("NoteJob", [3])
            until(lambda: sum(sqlite_project.console.counts().values()) == 3)
            until(lambda: not {"ready", "running"} & set(sqlite_project.console.counts()))
            assert sqlite_project.has_ended([3])
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()
            process.wait(60)


class TestSurroundings:
    @pytest.mark.line("RQ-040")
    def test_a_receiver_that_hangs_does_not_keep_it_from_stopping(
        self, sqlite_project: Project
    ) -> None:
        sqlite_project.write_app("hanging", apps=HANGING_RECEIVER)
        run = sqlite_project.runjobs("--shutdown-timeout", "0.5").until_ready()
        sqlite_project.console.enqueue("NoteJob", [1, 60])
        until(lambda: sqlite_project.has_begun(1))
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert "Processes do not stop in time; they get SIGKILL." in run.log
        until(run.is_empty)

    @pytest.mark.line("RQ-247")
    def test_a_log_handler_that_raises_fails_no_job(self, sqlite_project: Project) -> None:
        sqlite_project.write_app("brokenlog", apps=BROKEN_HANDLER)
        run = sqlite_project.runjobs()
        sqlite_project.console.enqueue("NoteJob", [1])
        sqlite_project.console.enqueue("NoisyJob", [2])
        until(lambda: sqlite_project.console.counts() == {"finished": 2})
        assert "the log server is down" in run.log
        run.send(signal.SIGTERM)
        assert run.wait() == 0


def fails_alone(project: Project, job_class: str, error: str) -> None:
    run = project.runjobs("--threads", "1").until_ready()
    project.console.enqueue(job_class, [1])
    project.console.enqueue("NoteJob", [2])
    until(lambda: project.console.counts() == {"failed": 1, "finished": 1})
    assert project.console.failures() == [error]
    assert project.has_ended([2])
    assert "is replaced" not in run.log
