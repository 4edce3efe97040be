"""What becomes of jobs at a fork, and at a process's end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]

PROJECT = """
import os, threading
from django.conf import settings
settings.configure(USE_TZ=True, ACTIVE_JOB={"QUEUE_ADAPTER": "async"})
from django.apps import apps
apps.populate([])
from django_activejob import ActiveJob, handler

started, never = threading.Event(), threading.Event()

class HangJob(ActiveJob):
    def perform(self):
        started.set()
        never.wait()

class PrintJob(ActiveJob):
    def perform(self):
        print("printed", flush=True)

adapter = handler.adapter()
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    """Runs a program of a small project to its end."""
    return subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", PROJECT + program],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )


class TestExit:
    def test_jobs_that_are_lost_are_counted_in_a_warning(self) -> None:
        ended = run(
            "HangJob.perform_later(); started.wait(); "
            "PrintJob.set(wait=600).perform_later(); PrintJob.set(wait=600).perform_later()"
        )
        assert ended.stdout == ""
        assert ended.stderr.splitlines()[-1] == (
            "The async adapter keeps its jobs in memory: 2 waiting and 1 running are lost, for "
            "their process ends. For jobs that must not be lost, use a queue adapter that "
            'stores them, such as "database".'
        )

    def test_nothing_is_said_when_all_jobs_have_ended(self) -> None:
        ended = run("PrintJob.perform_later(); adapter.shutdown()")
        assert (ended.stdout, ended.stderr) == ("printed\n", "")


class TestStart:
    @pytest.mark.line("RQ-205")
    def test_threads_start_with_the_first_job_and_not_in_every_program(self) -> None:
        ended = run(
            """
from django.core.management import call_command
call_command("check", verbosity=0)
print(threading.active_count())
PrintJob.perform_later()
adapter.shutdown()
"""
        )
        assert ended.stdout.splitlines()[-2:] == ["1", "printed"]


class TestFork:
    @pytest.mark.line("RQ-205")
    @pytest.mark.parametrize(
        "adapter_of_class", ["None", "adapter"], ids=["by alias", "held by the class"]
    )
    def test_a_child_begins_with_no_jobs_and_threads_of_its_own(
        self, adapter_of_class: str
    ) -> None:
        ended = run(
            f"""
ActiveJob.queue_adapter = {adapter_of_class}
HangJob.perform_later()
PrintJob.set(wait=600).perform_later()
started.wait()
with adapter._pool._changed, adapter._timer._changed:  # as if another thread were at work
    pid = os.fork()
if pid == 0:
    own = ActiveJob.queue_adapter or handler.adapter()
    print(own.running(), own.waiting(), flush=True)
    PrintJob.perform_later()
    own.shutdown()
    os._exit(0)
os.waitpid(pid, 0)
print(adapter.running(), adapter.waiting())
"""
        )
        assert ended.stdout.splitlines() == ["0 0", "printed", "1 1"]
