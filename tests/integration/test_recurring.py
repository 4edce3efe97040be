"""Recurring tasks, with real processes."""

from __future__ import annotations

import signal

import pytest

from tests.waiting import until

from .harness import Project

TASK = {"job": "work.NoteJob", "every": 1, "args": [1]}


class TestRecurring:
    @pytest.mark.line("RQ-153")
    def test_each_tick_is_enqueued_once_though_two_runs_work(self, project: Project) -> None:
        project.settings["RECURRING"] = {"often": TASK}
        runs = [project.runjobs(), project.runjobs()]
        for run in runs:
            run.until_ready()
        until(lambda: project.count("end")[1] >= 5)
        for run in runs:
            run.send(signal.SIGTERM)
        assert [run.wait() for run in runs] == [0, 0]
        ticks = project.console.ask("ticks", "often")
        assert len(set(ticks)) == len(ticks)
        assert project.count("start")[1] == len(ticks)
        told = sum(run.log.count("Enqueued recurring task 'often'") for run in runs)
        assert told == len(ticks)

    @pytest.mark.line("RQ-156")
    def test_a_tick_that_no_scheduler_saw_is_run_on_return(self, sqlite_project: Project) -> None:
        project = sqlite_project
        task = {**TASK, "misfire": "run_all"}
        project.settings["RECURRING"] = {"often": task}
        project.runjobs().until_ready()
        until(lambda: project.count("end")[1] >= 1)
        project.close_runs()
        before = project.console.ask("ticks", "often")
        project.runjobs().until_ready()
        until(lambda: len(project.console.ask("ticks", "often")) >= len(before) + 2)
        seconds = sorted(int(tick) for tick in project.console.ask("ticks", "often"))
        assert seconds == list(range(seconds[0], seconds[0] + len(seconds)))
