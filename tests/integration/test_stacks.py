"""A signal has `runjobs` tell where its jobs are."""

from __future__ import annotations

import signal

import pytest

from tests.waiting import until

from .harness import Project


class TestDump:
    @pytest.mark.line("RQ-204")
    @pytest.mark.parametrize("number", [signal.SIGTTIN, signal.SIGUSR2])
    def test_threads_are_shown_with_their_jobs(
        self, sqlite_project: Project, number: signal.Signals
    ) -> None:
        run = sqlite_project.runjobs("--threads", "2").until_ready()
        sqlite_project.console.enqueue("NoteJob", [1, 1.5])
        until(lambda: sqlite_project.has_begun(1))
        run.send(number)
        until(lambda: "worker-1 (pid" in run.log)
        assert "performs work.NoteJob (" in run.log
        assert "time.sleep(seconds)" in run.log
        for thread in ("MainThread", "claiming", "settling", "heartbeat", "pool-1", "pool-2"):
            assert f"Thread {thread}" in run.log
        until(lambda: sqlite_project.console.counts() == {"finished": 1})

    @pytest.mark.line("RQ-204")
    def test_coroutines_are_shown_where_they_wait(self, sqlite_project: Project) -> None:
        run = sqlite_project.runjobs("--concurrency", "5").until_ready()
        sqlite_project.console.enqueue("CoroutineJob", [1, 2.0])
        until(lambda: sqlite_project.has_begun(1))
        run.send(signal.SIGUSR2)
        until(lambda: "Coroutine " in run.log)
        assert "await asyncio.sleep(seconds)" in run.log
        until(lambda: sqlite_project.console.counts() == {"finished": 1})

    @pytest.mark.line("RQ-108", "RQ-204")
    def test_a_crash_of_the_interpreter_leaves_its_stack(self, sqlite_project: Project) -> None:
        run = sqlite_project.runjobs("--threads", "1").until_ready()
        sqlite_project.console.enqueue("SegfaultJob", [1])
        until(lambda: sqlite_project.all_done({"failed": 1}))
        assert sqlite_project.count("start")[1] == 3
        assert sqlite_project.console.failures() == ["django_activejob.errors.ProcessCrashed"]
        assert "killed by SIGSEGV" in run.log
        assert "Fatal Python error: Segmentation fault" in run.log
