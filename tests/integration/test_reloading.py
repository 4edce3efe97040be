"""`runjobs --reload`: a changed file starts it anew."""

from __future__ import annotations

import os
import signal

from tests.waiting import until

from .harness import Project

GROW = """
import time
from tests.integration.project.work.jobs import note

def grow(number):
    note(number, "start")
    time.sleep({seconds})
    note(number, "{moment}")
"""


def plant(project: Project, moment: str, *, seconds: float = 0.0) -> None:
    project.write_app("garden", plants=GROW.format(moment=moment, seconds=seconds))


class TestChangedFile:
    def test_running_jobs_end_and_the_next_run_the_new_code(self, sqlite_project: Project) -> None:
        plant(sqlite_project, "old", seconds=1.5)
        run = sqlite_project.runjobs("--reload").until_ready()
        sqlite_project.console.enqueue("CallJob", [1, "garden.plants.grow"])
        until(lambda: sqlite_project.has_begun(1))
        plant(sqlite_project, "new")
        until(lambda: "garden/plants.py has changed: starting anew" in run.log)
        run.until_ready(children=2)
        assert sqlite_project.count("old") == {1: 1}
        sqlite_project.console.enqueue("CallJob", [2, "garden.plants.grow"])
        until(lambda: sqlite_project.count("new") == {2: 1})
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert sqlite_project.console.counts() == {"finished": 2}
        until(run.is_empty)

    def test_code_that_cannot_be_imported_waits_for_the_next_change(
        self, sqlite_project: Project
    ) -> None:
        sqlite_project.write_app("garden", jobs="")
        run = sqlite_project.runjobs("--reload").until_ready()
        sqlite_project.write_app("garden", jobs="def")
        until(lambda: "the next change starts it anew" in run.log)
        assert "SyntaxError" in run.log
        sqlite_project.write_app("garden", jobs="# mended")
        run.until_ready(children=2)
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        until(run.is_empty)


class TestItsEnd:
    def test_ctrl_c_stops_it_once(self, sqlite_project: Project) -> None:
        run = sqlite_project.runjobs("--reload").until_ready()
        sqlite_project.console.enqueue("NoteJob", [1, 1.0])
        until(lambda: sqlite_project.has_begun(1))
        run.send_to_all(signal.SIGINT)
        assert run.wait() == 0
        assert "Traceback" not in run.log
        assert sqlite_project.console.counts() == {"finished": 1}

    def test_it_ends_when_its_child_is_told_to_end(self, sqlite_project: Project) -> None:
        pidfile = sqlite_project.folder / "pid"
        run = sqlite_project.runjobs("--reload", "--pidfile", str(pidfile)).until_ready()
        assert int(pidfile.read_text()) != run.process.pid
        os.kill(int(pidfile.read_text()), signal.SIGTERM)
        assert run.wait() == 0

    def test_its_child_stops_when_it_is_killed(self, sqlite_project: Project) -> None:
        run = sqlite_project.runjobs("--reload").until_ready()
        sqlite_project.console.enqueue("NoteJob", [1, 1.5])
        until(lambda: sqlite_project.has_begun(1))
        run.send(signal.SIGKILL)
        until(run.is_empty)
        assert sqlite_project.console.counts() == {"finished": 1}


class TestDefault:
    def test_files_are_watched_with_debug(self, sqlite_project: Project) -> None:
        sqlite_project.is_debug = True
        run = sqlite_project.runjobs().until_ready()
        assert "Watching for file changes with StatReloader." in run.log

    def test_they_are_not_watched_when_nobody_wants_it(self, sqlite_project: Project) -> None:
        assert "Watching" not in sqlite_project.runjobs().until_ready().log
        sqlite_project.is_debug = True
        assert "Watching" not in sqlite_project.runjobs("--no-reload").until_ready().log
        drained = sqlite_project.runjobs("--drain")
        assert drained.wait() == 0
        assert "Watching" not in drained.log
