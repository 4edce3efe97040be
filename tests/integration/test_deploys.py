"""Old and new code side by side, and stops under load."""

from __future__ import annotations

import os
import random
import signal

import pytest

from tests.waiting import until

from .harness import Project

NEW_JOB = """
from django_activejob import ActiveJob
from tests.integration.project.work.jobs import note

class PlantJob(ActiveJob):
    def perform(self, number):
        note(number, "end")
"""

RECORDER = """
from django.apps import AppConfig

class RecorderConfig(AppConfig):
    name = "recorder"

    def ready(self):
        from django_activejob import signals
        signals.performing.connect(begun, weak=False)
        signals.performed.connect(ended, weak=False)
        signals.failed.connect(failed, weak=False)
        signals.process_pruned.connect(buried, weak=False)

def number_of(payload):
    return payload["arguments"][0]

def begun(job, **facts):
    write(job.arguments[0], "performing")

def ended(job, **facts):
    write(job.arguments[0], "performed")

def failed(payload, **facts):
    write(number_of(payload), "failed")

def buried(buried, **facts):
    for each in buried:
        write(number_of(each.envelope.payload), each.fate)

def write(number, moment):
    from tests.integration.project.work.jobs import note
    note(number, moment)
"""


class TestOldAndNew:
    @pytest.mark.line("RQ-032")
    def test_a_job_that_old_code_does_not_know_is_kept_for_the_new(
        self, sqlite_project: Project
    ) -> None:
        old = sqlite_project.runjobs().until_ready()
        sqlite_project.write_app("garden", jobs=NEW_JOB)
        sqlite_project.console.ask("enqueue_named", "garden.PlantJob", [[1]])
        until(lambda: sqlite_project.console.counts() == {"failed": 1})
        assert sqlite_project.console.failures() == ["django_activejob.errors.UnknownJobClass"]
        old.send(signal.SIGTERM)
        assert old.wait() == 0
        sqlite_project.runjobs().until_ready()
        sqlite_project.console.ask("retry")
        until(lambda: sqlite_project.has_ended([1]))
        assert sqlite_project.console.counts() == {"finished": 1}


class TestStopsUnderLoad:
    @pytest.mark.line("RQ-039")
    def test_none_of_many_trips_over_what_changes_meanwhile(self, sqlite_project: Project) -> None:
        jobs = 400
        calls = [[number, random.uniform(0, 0.05)] for number in range(jobs)]
        sqlite_project.console.enqueue("NoteJob", *calls)
        for _ in range(5):
            run = sqlite_project.runjobs("--threads", "10", "--shutdown-timeout", "0.02")
            begun = len(sqlite_project.count("start"))
            until(lambda begun=begun: len(sqlite_project.count("start")) > begun + 15)
            run.send(signal.SIGTERM)
            assert run.wait() == 0
            assert "Traceback" not in run.log
            counts = sqlite_project.console.counts()
            assert sum(counts.values()) == jobs
            assert set(counts) <= {"ready", "finished"}


class TestEvents:
    @pytest.mark.line("RQ-248")
    def test_each_execution_is_told_of_from_its_begin_to_its_end_through_a_crash(
        self, sqlite_project: Project
    ) -> None:
        sqlite_project.write_app("recorder", apps=RECORDER)
        sqlite_project.runjobs("--threads", "2").until_ready()
        sqlite_project.console.enqueue("NoteJob", [1, 1.0])
        sqlite_project.console.enqueue("PaymentJob", [2, 60.0])
        until(lambda: sqlite_project.has_begun(1, 2))
        os.kill(sqlite_project.pid_of(1), signal.SIGKILL)
        until(lambda: sqlite_project.all_done({"finished": 1, "failed": 1}))
        told = {
            number: [moment for noted, _, moment in sqlite_project.diary() if noted == number]
            for number in (1, 2)
        }
        assert _signals(told[1]) == ["performing", "retried", "performing", "performed"]
        assert _signals(told[2]) == ["performing", "failed"]


class TestRecurringTasks:
    @pytest.mark.line("RQ-164")
    def test_a_long_one_overlaps_with_its_next_tick_unless_it_has_a_limit(
        self, sqlite_project: Project
    ) -> None:
        work = "work"
        sqlite_project.settings["RECURRING"] = {
            "free": {"job": f"{work}.NoteJob", "args": [1, 2.5], "every": 1},
            "alone": {"job": f"{work}.LimitedJob", "args": [2, 2.5], "every": 1},
        }
        sqlite_project.runjobs("--threads", "10")
        until(lambda: sqlite_project.count("start")[2] >= 3)
        diary = sqlite_project.diary()
        assert _most_at_once(diary, 1) >= 2
        assert _most_at_once(diary, 2) == 1


def _signals(moments: list[str]) -> list[str]:
    return [moment for moment in moments if moment not in ("start", "end")]


def _most_at_once(diary: list[tuple[int, int, str]], number: int) -> int:
    running = most = 0
    for noted, _, moment in diary:
        if noted == number:
            running += 1 if moment == "start" else -1
            most = max(most, running)
    return most
