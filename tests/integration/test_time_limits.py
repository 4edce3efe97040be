"""Jobs that take longer than they may, in real processes."""

from __future__ import annotations

import pytest

from tests.waiting import until

from .harness import Project


class TestTimeLimits:
    @pytest.mark.line("RQ-112")
    def test_a_busy_job_is_ended_and_its_process_lives_on(self, sqlite_project: Project) -> None:
        run = sqlite_project.runjobs("--threads", "1").until_ready()
        sqlite_project.console.enqueue("BusyJob", [1])
        sqlite_project.console.enqueue("NoteJob", [2])
        until(lambda: sqlite_project.has_ended([2]))
        until(lambda: sqlite_project.console.counts() == {"failed": 1, "finished": 1})
        assert sqlite_project.console.failures() == ["django_activejob.errors.JobTimeout"]
        assert sqlite_project.pid_of(1) == sqlite_project.pid_of(2)
        assert "is replaced" not in run.log

    @pytest.mark.line("RQ-112")
    def test_a_job_that_does_not_react_costs_its_process(self, project: Project) -> None:
        run = project.runjobs("--threads", "2").until_ready()
        project.console.enqueue("HangingJob", [1])
        project.console.enqueue("NoteJob", [2, 7])
        until(lambda: project.has_ended([2]))
        until(lambda: "left because a job did not end within its time limit" in run.log)
        until(lambda: project.console.counts() == {"failed": 1, "finished": 1})
        assert project.console.failures() == ["django_activejob.errors.JobTimeout"]
        project.console.enqueue("NoteJob", [3])
        until(lambda: project.has_ended([3]))
        assert project.pid_of(3) != project.pid_of(1)
        assert "time.sleep(60)" in run.log
