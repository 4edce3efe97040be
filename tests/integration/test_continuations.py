"""Jobs in steps, and processes that have to stop."""

from __future__ import annotations

import signal

import pytest

from tests.waiting import until

from .harness import Project

ROUNDS = 80


class TestTerm:
    @pytest.mark.line("RQ-036")
    def test_a_job_in_steps_is_put_back_and_goes_on_where_it_was(self, project: Project) -> None:
        run = project.runjobs().until_ready()
        project.console.enqueue("StepJob", [1, ROUNDS, 0.05])
        until(lambda: len(project.count("round")) >= 3)
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        done = len(project.count("round"))
        assert 3 <= done < ROUNDS
        assert project.console.counts() == {"ready": 1}
        assert project.console.failures() == []
        assert f"at 'count', cursor '{done}' (stopping)" in run.log

        project.runjobs().until_ready()
        until(lambda: len(project.count("round")) > done)
        until(lambda: project.has_ended([1]))
        assert set(project.count("round").values()) == {1}
        assert len(project.count("round")) == ROUNDS
        until(lambda: project.console.counts() == {"finished": 1})
