"""The job that is measured: it writes down when it ran, and does nothing else."""

from __future__ import annotations

import os
import struct
import time

from django_activejob import ActiveJob

RECORD = struct.Struct("=Qd")  # number, monotonic seconds

_diary: int | None = None


class RecordJob(ActiveJob):
    """Appends sixteen bytes to a file: one write, about a microsecond."""

    def perform(self, number: int) -> None:
        """Writes the job's number and the time."""
        global _diary  # noqa: PLW0603 - one open file a process
        if _diary is None:
            _diary = os.open(os.environ["BENCHMARK_DIARY"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(_diary, RECORD.pack(number, time.monotonic()))
