"""Jobs that write down when they begin and end, and jobs that behave badly."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from typing import ClassVar

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from django_activejob import (
    ActiveJob,
    Continuable,
    limits_concurrency,
    retry_on,
    throttle,
    unique_for,
)
from django_activejob.continuations import Step


class NoteJob(ActiveJob):
    """Takes its time, and keeps a diary."""

    def perform(self, number: int, seconds: float = 0.0, ballast: str = "") -> None:
        """Write down the beginning, wait, write down the end."""
        note(number, "start")
        time.sleep(seconds)
        note(number, "end")


class CoroutineJob(ActiveJob):
    """Takes its time on an event loop, with a look at the database."""

    async def perform(self, number: int, seconds: float = 0.0) -> None:
        """Write down the beginning, wait, write down the end."""
        await ContentType.objects.acount()
        note(number, "start")
        await asyncio.sleep(seconds)
        note(number, "end")


class CallJob(ActiveJob):
    """Calls a function that a test has written."""

    def perform(self, number: int, path: str) -> None:
        """Import the function when its time has come, and call it."""
        import_string(path)(number)


class LoopJob(ActiveJob):
    """Goes on and on, and looks whether somebody has cancelled it."""

    def perform(self, number: int) -> None:
        """Write down the beginning; at the end, that it has been left."""
        note(number, "start")
        try:
            while True:
                time.sleep(0.02)
                self.checkpoint()
        finally:
            note(number, "left")


class PaymentJob(NoteJob):
    """Must rather not run than run twice."""

    on_crash = "fail"


@limits_concurrency(key="one at a time")
class LimitedJob(NoteJob):
    """Must not run beside another one of its class."""


class QueryJob(ActiveJob):
    """Asks the database something, as most jobs do."""

    def perform(self, number: int) -> None:
        """Write down the beginning, ask, write down the end."""
        note(number, "start")
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM django_content_type")
        note(number, "end")


@throttle(to=5, per=1)
class ThrottledJob(NoteJob):
    """Five of them may start in a second."""


@limits_concurrency(to=2, key=lambda number, seconds, key: key)
class KeyedJob(ActiveJob):
    """Runs beside one other with its key at most."""

    def perform(self, number: int, seconds: float, key: str) -> None:
        """Write down the beginning, wait, write down the end."""
        note(number, "start")
        time.sleep(seconds)
        note(number, "end")


@unique_for(600, key=lambda number, *_: str(number))
class UniqueJob(NoteJob):
    """Is in the queue once, from its enqueue to its end."""


@retry_on(ConnectionError, wait=0.2, attempts=4)
class LuckyJob(ActiveJob):
    """Ends well at its third execution."""

    def perform(self, number: int) -> None:
        """Write down each try; fail twice."""
        note(number, "try")
        if self.executions < 3:
            raise ConnectionError
        note(number, "end")


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


class SegfaultJob(ActiveJob):
    """Crashes the interpreter, as a library with an endless recursion in C does."""

    def perform(self, number: int) -> None:
        """Write down the beginning, and read where nothing is."""
        note(number, "start")
        ctypes.string_at(0)


class GreedyJob(ActiveJob):
    """Wants more memory than there is."""

    def perform(self, number: int) -> None:
        """Write down the beginning, and ask for ten terabytes."""
        note(number, "start")
        bytearray(10**13)


class EndlessRecursionJob(ActiveJob):
    """Calls itself again and again."""

    def perform(self, number: int) -> None:
        """Write down the beginning, and never come back."""
        note(number, "start")
        self._again()

    def _again(self) -> None:
        self._again()


class LeavingJob(ActiveJob):
    """Leaves a thread and a process behind, which do not end."""

    def perform(self, number: int) -> None:
        """Write down the beginning, start both, and go."""
        note(number, "start")
        threading.Thread(target=time.sleep, args=(600,), name="left").start()
        subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        note(number, "end")


class UntidyJob(ActiveJob):
    """Changes what belongs to the whole process or thread, and does not put it back."""

    def perform(self, number: int) -> None:
        """Change language, time zone, logging and warnings, and try to change a signal."""
        note(number, "start")
        translation.activate("de")
        timezone.activate("Asia/Tokyo")
        warnings.simplefilter("ignore")
        logging.getLogger("work").setLevel(logging.CRITICAL)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


class LookingJob(ActiveJob):
    """Writes down in which language and time zone it runs."""

    def perform(self, number: int) -> None:
        """Write them down."""
        note(number, f"{translation.get_language()},{timezone.get_current_timezone_name()}")


class NoisyJob(ActiveJob):
    """Says much, on both streams and in the log."""

    def perform(self, number: int) -> None:
        """Write down the beginning and the end, and a flood in between."""
        note(number, "start")
        for index in range(2000):
            print(index, "x" * 200)
            print(index, "x" * 200, file=sys.stderr)
            logging.getLogger("work").error("line %d %s", index, "x" * 200)
        note(number, "end")


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
