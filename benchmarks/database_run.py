"""The measuring of one store; started by ``benchmarks.database``."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

PICK_UPS = 100
AT_ONCE = 1_000  # jobs in one bulk call
BARE_AT_ONCE = 100


def main() -> None:
    """Repeats every measurement and prints medians."""
    store, repeats, jobs, threads = sys.argv[1], *map(int, sys.argv[2:])
    django.setup()
    call_command("migrate", verbosity=0)
    figures: dict[str, list[float]] = {}
    for _ in range(repeats):
        for name, figure in _measure(jobs, threads):
            figures.setdefault(name, []).append(figure)
    print(f"\n{store}: medians of {repeats}, {jobs} jobs, 1 process, {threads} threads")
    for name, values in figures.items():
        low, high = min(values), max(values)
        print(f"  {name:<34}{statistics.median(values):>12,.1f}   ({low:,.1f} to {high:,.1f})")
    bare = statistics.median(figures["bare limit, claim + finish /s"])
    print(f"  {'drain ÷ bare limit':<34}{statistics.median(figures['drain /s']) / bare:>12.2f}")


def _measure(jobs: int, threads: int) -> Iterator[tuple[str, float]]:
    from benchmarks.jobs import RecordJob
    from django_activejob import perform_all_later

    _empty()
    started = time.monotonic()
    for number in range(jobs // 5):
        RecordJob.perform_later(number)
    yield "enqueue one by one /s", jobs // 5 / (time.monotonic() - started)
    _empty()
    started = time.monotonic()
    for first in range(0, jobs, AT_ONCE):
        perform_all_later(RecordJob(first + number) for number in range(AT_ONCE))
    yield "enqueue in bulk /s", jobs / (time.monotonic() - started)
    with worker(threads):
        wait_for(jobs)
        yield "drain /s", drain_rate()
        _empty()
        yield "pick-up, median ms", _pick_up()
    yield "bare limit, claim + finish /s", _bare_limit(jobs)


def _pick_up() -> float:
    from benchmarks.jobs import RecordJob

    started = []
    for number in range(PICK_UPS):
        started.append(time.monotonic())
        RecordJob.perform_later(number)
        time.sleep(0.05)
    wait_for(PICK_UPS)
    delays = [moment - started[number] for number, moment in records()]
    return statistics.median(delays) * 1000


def drain_rate() -> float:
    """Jobs a second, by the diary."""
    # Between the 10th and the 90th percentile, so that starting up is left out.
    times = sorted(moment for _, moment in records())
    first, last = len(times) // 10, len(times) * 9 // 10
    return (last - first) / (times[last] - times[first])


@contextmanager
def worker(threads: int) -> Iterator[int]:
    """Runs one worker process; gives the pid of its supervisor."""
    command = [sys.executable, "-m", "django_activejob", "--threads", str(threads)]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet)  # noqa: S603 - our own program
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def wait_for(jobs: int) -> None:
    """Waits until so many jobs have run."""
    deadline = time.monotonic() + 120
    while (number := _recorded()) < jobs:
        if time.monotonic() > deadline:
            raise SystemExit(f"Only {number} of {jobs} jobs ran within two minutes.")
        time.sleep(0.05)


def _recorded() -> int:
    """How many jobs have run: told by a size, since reading would take a worker's time."""
    from benchmarks.jobs import RECORD

    diary = Path(os.environ["BENCHMARK_DIARY"])
    return diary.stat().st_size // RECORD.size if diary.exists() else 0


def records() -> list[tuple[int, float]]:
    """The diary: number and time of each job that has run."""
    from benchmarks.jobs import RECORD

    diary = Path(os.environ["BENCHMARK_DIARY"])
    return list(RECORD.iter_unpack(diary.read_bytes())) if diary.exists() else []  # type: ignore[arg-type]  # as the format says


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_activejob_attempt")
        cursor.execute("DELETE FROM django_activejob_job")
    diary = Path(os.environ["BENCHMARK_DIARY"])
    if diary.exists():
        os.truncate(diary, 0)


_BARE_CLAIM = """
    UPDATE bare SET state = 'running' WHERE id IN (
        SELECT id FROM bare WHERE state = 'ready' ORDER BY id LIMIT %s
    ) RETURNING id, payload
"""


def _bare_limit(jobs: int) -> float:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare")
        cursor.execute("CREATE TABLE bare (id bigint PRIMARY KEY, state text, payload text)")
        cursor.execute("CREATE INDEX bare_ready ON bare (id) WHERE state = 'ready'")
        rows = [(number, "ready", "x" * 400) for number in range(jobs)]
        cursor.executemany("INSERT INTO bare VALUES (%s, %s, %s)", rows)
        started = time.monotonic()
        for _ in range(jobs // BARE_AT_ONCE):
            cursor.execute(_BARE_CLAIM, (BARE_AT_ONCE,))
            ids = ",".join(str(id) for id, _ in cursor.fetchall())
            cursor.execute(f"UPDATE bare SET state = 'finished' WHERE id IN ({ids})")  # noqa: S608 - numbers of our own
        seconds = time.monotonic() - started
        cursor.execute("DROP TABLE bare")
    return jobs / seconds


if __name__ == "__main__":
    main()
