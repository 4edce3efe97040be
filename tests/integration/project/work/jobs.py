"""Jobs that write down when they begin and end, and jobs that behave badly."""

from __future__ import annotations

import os
import sys
import time
from typing import ClassVar

from django_activejob import ActiveJob, Continuable, limits_concurrency
from django_activejob.continuations import Step


class NoteJob(ActiveJob):
    """Takes its time, and keeps a diary."""

    def perform(self, number: int, seconds: float = 0.0) -> None:
        """Write down the beginning, wait, write down the end."""
        note(number, "start")
        time.sleep(seconds)
        note(number, "end")


class PaymentJob(NoteJob):
    """Must rather not run than run twice."""

    on_crash = "fail"


@limits_concurrency(key="one at a time")
class LimitedJob(NoteJob):
    """Must not run beside another one of its class."""


class StepJob(Continuable, ActiveJob):
    """Counts slowly, in a step, and notes each round."""

    resume_options: ClassVar = {"wait": 0}

    def perform(self, number: int, rounds: int, seconds: float) -> None:
        """Count, and write down the beginning and the end of each execution."""
        note(number, "start")
        self.step(self.count, start=0)
        note(number, "end")

    def count(self, step: Step) -> None:
        """Write down each round from where the cursor stands."""
        _, rounds, seconds = self.arguments
        for index in range(step.cursor, rounds):
            time.sleep(seconds)
            note(index, "round")
            step.advance()


class CrashJob(ActiveJob):
    """Takes its process with it, after a while in which others may end."""

    def perform(self, number: int, seconds: float = 0.3) -> None:
        """Write down the beginning, wait, and die."""
        note(number, "start")
        time.sleep(seconds)
        os._exit(3)


class ExitJob(ActiveJob):
    """Tries to end the interpreter."""

    def perform(self, number: int) -> None:
        """Raise SystemExit."""
        note(number, "start")
        sys.exit(3)


class BusyJob(ActiveJob):
    """Works without end, in Python, and is not to."""

    timeout = 0.5

    def perform(self, number: int) -> None:
        """Write down the beginning, and go round for ever."""
        note(number, "start")
        while True:
            number += 1


class HangingJob(ActiveJob):
    """Waits in C for longer than it may, where no exception reaches it."""

    on_crash = "fail"
    timeout = 0.2

    def perform(self, number: int) -> None:
        """Write down the beginning, and wait."""
        note(number, "start")
        time.sleep(60)


class InterruptJob(ActiveJob):
    """Behaves as if somebody had pressed Ctrl-C."""

    def perform(self, number: int) -> None:
        """Raise KeyboardInterrupt."""
        note(number, "start")
        raise KeyboardInterrupt


def note(number: int, moment: str) -> None:
    """Add a line to the diary: one write, so that lines of many processes do not mix."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    diary = os.open(os.environ["INTEGRATION_DIARY"], flags, 0o600)
    try:
        os.write(diary, f"{number} {os.getpid()} {moment}\n".encode())
    finally:
        os.close(diary)
