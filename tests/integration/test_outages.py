"""The store goes away and comes back."""

from __future__ import annotations

import pytest

from tests.waiting import until

from .harness import Project


class TestLostConnections:
    @pytest.mark.line("RQ-042", "RQ-043")
    def test_every_job_ends_once_in_the_same_process(self, server_project: Project) -> None:
        numbers = range(300)
        server_project.console.enqueue("NoteJob", *([number, 0.01] for number in numbers))
        run = server_project.runjobs("--threads", "3")
        for ended in (50, 150, 250):
            until(lambda ended=ended: len(server_project.count("end")) > ended, within=30)
            server_project.cut_connections()
        until(lambda: server_project.has_ended(numbers), within=30)
        until(lambda: server_project.console.counts() == {"finished": 300}, within=30)
        assert set(server_project.count("start").values()) == {1}
        assert run.log.count("has started") == 1
        assert "works again" in run.log
