"""The measuring of Redis; started by ``benchmarks.redis``."""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import django
import redis

from benchmarks.database_run import AT_ONCE, drain_rate, records, wait_for, worker

PICK_UPS = 500
BARE_AT_ONCE = 100
PAYLOAD = "x" * 600
IDLE = 10.0  # seconds


def main() -> None:
    """Repeats every measurement and prints medians."""
    repeats, jobs, threads = map(int, sys.argv[1:])
    django.setup()
    figures: dict[str, list[float]] = {}
    for _ in range(repeats):
        for name, figure in _measure(jobs, threads):
            figures.setdefault(name, []).append(figure)
    print(f"\nredis: medians of {repeats}, {jobs} jobs, 1 process, {threads} threads")
    for name, values in figures.items():
        low, high = min(values), max(values)
        print(f"  {name:<34}{statistics.median(values):>12,.2f}   ({low:,.2f} to {high:,.2f})")
    for name, one, other in _RATIOS:
        ratio = statistics.median(figures[one]) / statistics.median(figures[other])
        print(f"  {name:<34}{ratio:>12.2f}")


_RATIOS = (
    ("enqueue ÷ bare LPUSH", "enqueue one by one /s", "bare LPUSH /s"),
    ("drain ÷ bare limit", "drain /s", "bare RPOP + HDEL of hundreds /s"),
)


def _measure(jobs: int, threads: int) -> Iterator[tuple[str, float]]:
    _empty()
    yield "bare LPUSH /s", _bare_pushes(jobs // 4)
    yield "enqueue one by one /s", _enqueue_one_by_one(jobs // 4)
    _empty()
    yield "enqueue in bulk /s", _enqueue_in_bulk(jobs)
    with worker(threads) as pid:
        wait_for(jobs)
        yield "drain /s", drain_rate()
        _empty()
        delays = sorted(_pick_ups())
        yield "pick-up, median ms", delays[len(delays) // 2] * 1000
        yield "pick-up, p99 ms", delays[len(delays) * 99 // 100] * 1000
        yield "idle, all processes, CPU %", _idle_work(pid)
    _empty()
    yield "bare RPOP + HDEL of hundreds /s", _bare_limit(jobs)


def _client() -> redis.Redis:
    return redis.Redis.from_url(os.environ["BENCHMARK_REDIS"], protocol=2)


def _empty() -> None:
    _client().flushdb()
    diary = Path(os.environ["BENCHMARK_DIARY"])
    if diary.exists():
        os.truncate(diary, 0)


def _bare_pushes(jobs: int) -> float:
    client = _client()
    started = time.monotonic()
    for _ in range(jobs):
        client.lpush("bare", PAYLOAD)
    return jobs / (time.monotonic() - started)


def _enqueue_one_by_one(jobs: int) -> float:
    from benchmarks.jobs import RecordJob

    started = time.monotonic()
    for number in range(jobs):
        RecordJob.perform_later(number)
    return jobs / (time.monotonic() - started)


def _enqueue_in_bulk(jobs: int) -> float:
    from benchmarks.jobs import RecordJob
    from django_activejob import perform_all_later

    started = time.monotonic()
    for first in range(0, jobs, AT_ONCE):
        perform_all_later(RecordJob(first + number) for number in range(AT_ONCE))
    return jobs / (time.monotonic() - started)


def _pick_ups() -> list[float]:
    from benchmarks.jobs import RecordJob

    # Workers register again: the database was emptied under them.
    _wait_for_workers()
    started = []
    for number in range(PICK_UPS):
        time.sleep(random.uniform(0.005, 0.03))  # noqa: S311 - spreads load, keeps no secret
        started.append(time.monotonic())
        RecordJob.perform_later(number)
    wait_for(PICK_UPS)
    return [moment - started[number] for number, moment in records()]


def _wait_for_workers() -> None:
    client = _client()
    while not client.zcard("activejob:beats"):
        time.sleep(0.1)
    time.sleep(1.0)


def _idle_work(supervisor: int) -> float:
    before = _cpu_seconds(supervisor)
    time.sleep(IDLE)
    return (_cpu_seconds(supervisor) - before) / IDLE * 100


def _cpu_seconds(supervisor: int) -> float:
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        fields = stat.read_text().rpartition(")")[2].split()
        if int(fields[1]) == supervisor or stat.parent.name == str(supervisor):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _bare_limit(jobs: int) -> float:
    client = _client()
    for _ in range(jobs // AT_ONCE):
        client.lpush("bare", *[PAYLOAD] * AT_ONCE)
    started = time.monotonic()
    for number in range(jobs // BARE_AT_ONCE):
        taken = client.rpop("bare", BARE_AT_ONCE)
        fields = {f"{number}-{place}": text for place, text in enumerate(taken)}
        client.hset("held", mapping=fields)
        client.hdel("held", *fields)
    return jobs / (time.monotonic() - started)


if __name__ == "__main__":
    main()
