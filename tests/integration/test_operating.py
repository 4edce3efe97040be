"""What an operator orders through the admin reaches processes that run."""

from __future__ import annotations

import pytest

from tests.waiting import until

from .harness import Project


@pytest.mark.line("DB-089")
def test_a_quiet_worker_ends_its_job_and_takes_no_other(project: Project) -> None:
    project.runjobs("--threads", "1").until_ready()
    [pid] = project.console.pids("worker")
    project.console.enqueue("NoteJob", [1, 1.0], [2, 0.0])
    until(lambda: project.has_begun(1))

    assert project.console.ask("command", pid, "quiet") == [True]

    until(lambda: project.console.counts() == {"finished": 1, "ready": 1})
    until(lambda: project.console.ask("metadata", pid)[0]["busy"] == 0)
    [said] = project.console.ask("metadata", pid)
    assert said["quiet"] is True
    assert said["memory"] > 1_000_000


@pytest.mark.line("DB-090")
def test_a_stopped_worker_ends_its_job_and_is_not_replaced(project: Project) -> None:
    run = project.runjobs("--threads", "1").until_ready()
    [pid] = project.console.pids("worker")
    project.console.enqueue("NoteJob", [1, 1.0], [2, 0.0])
    until(lambda: project.has_begun(1))

    assert project.console.ask("command", pid, "stop") == [True]

    assert run.wait() == 0
    assert project.console.counts() == {"finished": 1, "ready": 1}
    assert f"(pid {pid}) was stopped by an operator" in run.log
    assert run.is_empty()
