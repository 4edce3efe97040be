"""What real workers tell of what they did."""

from __future__ import annotations

import signal

import pytest

from tests.waiting import until

from .harness import Project


class TestTallies:
    @pytest.mark.line("DB-012")
    def test_workers_tell_what_executions_came_to_and_leave_nothing_out(
        self, project: Project
    ) -> None:
        project.console.enqueue("NoteJob", *([number, 0.02] for number in range(50)))
        project.console.enqueue("ExitJob", [100])
        run = project.runjobs("--processes", "2", "--threads", "2").until_ready(children=3)
        until(lambda: project.console.counts() == {"finished": 50, "failed": 1})
        run.send(signal.SIGTERM)
        assert run.wait() == 0

        tallies = project.console.ask("tallies")

        [note] = [found for name, found in tallies.items() if name.endswith("NoteJob")]
        [leave] = [found for name, found in tallies.items() if name.endswith("ExitJob")]
        assert note[:4] == [50, 0, 50, 50]
        assert note[4] >= 0.02
        assert leave[:4] == [0, 1, 1, 1]
