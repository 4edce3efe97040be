"""A process of the project that does what a test tells it, line by line, in JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - the apps must be ready
from django.db import connections  # noqa: E402

from django_activejob import handler, perform_all_later  # noqa: E402
from django_activejob.contracts import Inspector, JobQuery  # noqa: E402
from tests.integration.project.work import jobs  # noqa: E402


def main() -> None:
    """Answer each command with one line."""
    for line in sys.stdin:
        command, arguments = json.loads(line)
        print(json.dumps(_COMMANDS[command](*arguments)), flush=True)
        # A test may cut the connections of the project.
        connections.close_all()


def _migrate() -> None:
    call_command("migrate", verbosity=0)


def _enqueue(job_class: str, calls: list[list[Any]]) -> None:
    kind = getattr(jobs, job_class)
    perform_all_later([kind(*call) for call in calls])


def _counts() -> dict[str, int]:
    inspector = _inspector()
    return {
        status: inspector.count(JobQuery(status=status)).number for status in inspector.statuses
    }


def _dispatch() -> int:
    return _inspector().dispatch(JobQuery(), limit=1000).done


def _failures() -> list[str]:
    page = _inspector().jobs(JobQuery(status="failed"))
    return [job.error.class_name if job.error else "" for job in page.jobs]


def _finished_numbers() -> list[int]:
    inspector, numbers, cursor = _inspector(), list[int](), None
    while True:
        page = inspector.jobs(JobQuery(status="finished"), cursor=cursor, limit=500)
        numbers += [job.payload["arguments"][0] for job in page.jobs if job.payload]
        cursor = page.next_cursor
        if cursor is None:
            return numbers


def _processes() -> list[list[Any]]:
    return [[process.kind, process.pid] for process in _inspector().processes()]


def _ticks(key: str) -> list[float]:
    store = handler.adapter().recurring()
    assert store is not None
    return [tick.run_at.timestamp() for tick in store.ticks(key, limit=1000)]


def _inspector() -> Inspector:
    inspector = handler.adapter().inspector()
    assert inspector is not None
    return inspector


_COMMANDS: dict[str, Any] = {
    "migrate": _migrate,
    "enqueue": _enqueue,
    "counts": _counts,
    "dispatch": _dispatch,
    "failures": _failures,
    "finished_numbers": _finished_numbers,
    "processes": _processes,
    "ticks": _ticks,
}

if __name__ == "__main__":
    main()
