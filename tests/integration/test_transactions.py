"""Jobs and the transactions in which they are enqueued."""

from __future__ import annotations

import time

import pytest

from tests.waiting import until

from .harness import Project


class TestOpenTransaction:
    @pytest.mark.line("RQ-073")
    def test_nothing_is_seen_of_a_job_until_the_commit_and_then_it_runs(
        self, project: Project
    ) -> None:
        project.settings["SELF_FENCE_AFTER"], project.settings["DEAD_AFTER"] = 20, 30
        project.runjobs().until_ready()
        project.console.ask("open")
        project.console.enqueue("NoteJob", [1])
        opened = time.monotonic()
        until(lambda: time.monotonic() - opened > 3.0)
        assert not project.has_begun(1)
        project.console.ask("commit")
        until(lambda: project.has_ended([1]))

    @pytest.mark.line("RQ-075")
    def test_a_kill_between_the_commit_and_what_follows_it_loses_no_job_of_the_same_database(
        self, project: Project
    ) -> None:
        assert project.act("enqueue_and_die_after_commit", 1) == 9
        assert project.console.counts() == {"ready": 1}

    @pytest.mark.line("RQ-075")
    def test_a_kill_before_the_commit_leaves_neither_data_nor_job(self, project: Project) -> None:
        assert project.act("enqueue_and_die_before_commit", 1) == 9
        assert project.console.counts() == {}
