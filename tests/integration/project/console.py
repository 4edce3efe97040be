"""A process of the project that does what a test tells it, line by line, in JSON."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any, Literal

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - the apps must be ready
from django.db import connection, connections, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from django_activejob import handler, perform_all_later  # noqa: E402
from django_activejob.contracts import Command, Inspector, JobQuery, Status  # noqa: E402
from django_activejob.errors import ActiveJobError  # noqa: E402
from django_activejob.job import registry  # noqa: E402
from tests.integration.project.work import jobs  # noqa: E402

_OPEN: list[transaction.Atomic] = []  # the transaction that the test has open, if any


def main() -> None:
    """Answer each command with one line."""
    for line in sys.stdin:
        command, arguments = json.loads(line)
        print(json.dumps(_COMMANDS[command](*arguments)), flush=True)
        # A test may cut the connections of the project.
        if not _OPEN:
            connections.close_all()


def _migrate() -> None:
    call_command("migrate", verbosity=0)


def _enqueue(job_class: str, calls: list[list[Any]]) -> None:
    kind = getattr(jobs, job_class)
    perform_all_later([kind(*call) for call in calls])


def _try_enqueue(job_class: str, calls: list[list[Any]]) -> list[str] | None:
    """Gives the class and the text of the error, if there is one."""
    try:
        _enqueue(job_class, calls)
    except ActiveJobError as error:
        return [type(error).__name__, str(error)]
    return None


def _enqueue_later(job_class: str, call: list[Any], seconds: float) -> None:
    getattr(jobs, job_class).set(wait=seconds).perform_later(*call)


def _waits() -> list[float]:
    """How long each finished job took from its enqueue to its end, by the store's clock."""
    page = _inspector().jobs(JobQuery(status="finished"))
    return [
        (job.finished_at - job.enqueued_at).total_seconds()
        for job in page.jobs
        if job.finished_at and job.enqueued_at
    ]


def _open() -> None:
    block = transaction.atomic()
    block.__enter__()
    _OPEN.append(block)


def _commit() -> None:
    _OPEN.pop().__exit__(None, None, None)


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _enqueue_named(job_class: str, calls: list[list[Any]]) -> None:
    """Enqueues jobs of an app that a test has written."""
    perform_all_later([registry.find(job_class)(*call) for call in calls])


def _retry() -> int:
    return _inspector().retry(JobQuery(status="failed"), limit=1000).done


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
    return _numbers("finished")


def _numbers(status: Status) -> list[int]:
    inspector, numbers, cursor = _inspector(), list[int](), None
    while True:
        page = inspector.jobs(JobQuery(status=status), cursor=cursor, limit=500)
        numbers += [job.payload["arguments"][0] for job in page.jobs if job.payload]
        cursor = page.next_cursor
        if cursor is None:
            return numbers


def _processes() -> list[list[Any]]:
    return [[process.kind, process.pid] for process in _inspector().processes()]


def _command(pid: int, action: Literal["quiet", "stop"]) -> list[bool]:
    inspector = _inspector()
    wanted = [process.id for process in inspector.processes() if process.pid == pid]
    return [inspector.command(id, Command(action=action)) for id in wanted]


def _cancel(number: int) -> int:
    """Cancels the running job with this number; says how many were asked."""
    inspector = _inspector()
    running = inspector.jobs(JobQuery(status="running")).jobs
    ids = [job.id for job in running if job.payload and job.payload["arguments"][0] == number]
    return inspector.cancel(JobQuery(ids=tuple(ids)), limit=10).done if ids else 0


def _last_errors(status: Status) -> list[str]:
    """The classes of the errors with which jobs ended."""
    inspector = _inspector()
    ended = [inspector.attempts(job.id) for job in inspector.jobs(JobQuery(status=status)).jobs]
    return [found[-1].error.class_name for found in ended if found and found[-1].error]


def _metadata(pid: int) -> list[dict[str, Any]]:
    return [dict(one.metadata) for one in _inspector().processes() if one.pid == pid]


def _ticks(key: str) -> list[float]:
    store = handler.adapter().recurring()
    assert store is not None
    return [tick.run_at.timestamp() for tick in store.ticks(key, limit=1000)]


def _tallies() -> dict[str, list[float]]:
    """For each class what the last hour came to: ends, numbers of times, their longest."""
    since = timezone.now() - timedelta(hours=1)
    return {
        tally.job_class: [
            tally.performed,
            tally.failed,
            tally.run.number,
            tally.wait.number,
            tally.run.most,
        ]
        for tally in _inspector().tallies(since=since, by="job_class")
    }


def _sessions() -> int:
    """How many other sessions the database has; PostgreSQL only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        (number,) = cursor.fetchone()
        return int(number)


def _inspector() -> Inspector:
    inspector = handler.adapter().inspector()
    assert inspector is not None
    return inspector


_COMMANDS: dict[str, Any] = {
    "migrate": _migrate,
    "enqueue": _enqueue,
    "try_enqueue": _try_enqueue,
    "enqueue_later": _enqueue_later,
    "waits": _waits,
    "open": _open,
    "commit": _commit,
    "execute": _execute,
    "enqueue_named": _enqueue_named,
    "retry": _retry,
    "counts": _counts,
    "dispatch": _dispatch,
    "failures": _failures,
    "finished_numbers": _finished_numbers,
    "numbers": _numbers,
    "processes": _processes,
    "command": _command,
    "cancel": _cancel,
    "last_errors": _last_errors,
    "metadata": _metadata,
    "ticks": _ticks,
    "tallies": _tallies,
    "sessions": _sessions,
}

if __name__ == "__main__":
    main()
