"""Jobs run, whatever they do."""

from __future__ import annotations

import signal

import pytest

from tests.waiting import until

from .harness import Project


class TestPerforming:
    @pytest.mark.line("RQ-059")
    def test_every_job_runs_once(self, project: Project) -> None:
        project.console.enqueue("NoteJob", *([number] for number in range(300)))
        run = project.runjobs("--processes", "2", "--threads", "3").until_ready(children=3)
        until(lambda: project.has_ended(range(300)))
        until(lambda: project.console.counts() == {"finished": 300})
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert set(project.count("start").values()) == {1}

    def test_a_job_that_comes_later_runs_too(self, project: Project) -> None:
        project.runjobs().until_ready()
        project.console.enqueue("NoteJob", [1])
        until(lambda: project.has_ended([1]))

    @pytest.mark.line("RQ-105", "RQ-106")
    def test_a_job_that_tries_to_end_the_interpreter_fails_and_the_worker_goes_on(
        self, project: Project
    ) -> None:
        project.console.enqueue("ExitJob", [1])
        project.console.enqueue("InterruptJob", [2])
        project.console.enqueue("NoteJob", [3])
        project.runjobs("--threads", "1").until_ready()
        until(lambda: project.console.counts() == {"failed": 2, "finished": 1})
        assert sorted(project.console.failures()) == ["KeyboardInterrupt", "SystemExit"]
        assert len({pid for _, pid, _ in project.diary()}) == 1

    def test_only_the_queues_that_are_named_are_worked_on(self, sqlite_project: Project) -> None:
        sqlite_project.console.enqueue("NoteJob", [1])
        run = sqlite_project.runjobs("--queues", "other").until_ready()
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert sqlite_project.console.counts() == {"ready": 1}
