"""How long the admin pages take: ``python -m benchmarks.admin_pages``.

Makes a database of its own on PostgreSQL (127.0.0.1, user postgres, or BENCHMARK_POSTGRES_HOST),
fills it with 1,000,000 finished, 100,000 ready and some thousand other jobs and with a month of
tallies, and asks for every page seven times. Prints the median, the slowest and the number of
queries of each page; exits with 1 when a median is above 300 ms.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any, Final

NAME: Final = "activejob_admin_pages"
LIMIT: Final = 0.3  # seconds
TIMES: Final = 7
PLACES: Final = 20  # job classes

_FILL = """
    INSERT INTO django_activejob_job
        (queue, priority, state, job_id, job_class, payload, routing, limit_key, executions,
         crashes, process_id, claim_number, error_class, enqueued_at, scheduled_at, claimed_at,
         finished_at, failed_at)
    SELECT 'queue' || n %% 5, n %% 3, %s, gen_random_uuid()::text, 'shop.Job' || n %% {classes},
           replace(%s, '4711', n::text), '', CASE WHEN %s = 'blocked' THEN 'key' || n %% 50
           ELSE '' END, %s, 0, CASE WHEN %s = 'running' THEN repeat('f', 32) ELSE '' END, 1,
           CASE WHEN %s > 0 THEN 'shop.Error' || n %% 7 ELSE '' END,
           now() - n * interval '2 seconds',
           CASE WHEN %s = 'scheduled' THEN now() + n * interval '1 second' END,
           CASE WHEN %s IN ('finished', 'failed', 'running') THEN now() - n * interval '2 s' END,
           CASE WHEN %s = 'finished' THEN now() - n * interval '2 seconds' END,
           CASE WHEN %s = 'failed' THEN now() - n * interval '2 seconds' END
    FROM generate_series(1, %s) AS n
""".replace("{classes}", str(PLACES))
_STATES: Final = {
    "finished": (1_000_000, 1),
    "ready": (100_000, 0),
    "failed": (20_000, 3),
    "scheduled": (20_000, 0),
    "blocked": (5_000, 0),
    "running": (50, 1),
}
_ATTEMPTS = """
    INSERT INTO django_activejob_attempt
        (job_id, number, outcome, process_id, started_at, seconds, error_class, error_message,
         traceback, result)
    SELECT id, 1, 'failed', '', failed_at, 0.5, error_class, 'no more tea', 'Traceback', ''
    FROM django_activejob_job WHERE state = 'failed'
"""


def main() -> int:
    """Fills a database and asks for all pages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", action="store_true", help="keep the database, use it again")
    options = parser.parse_args()
    _set_up()
    try:
        return _measure(options.keep)
    finally:
        _leave(options.keep)


def _set_up() -> None:
    server = {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": os.environ.get("BENCHMARK_POSTGRES_HOST", "127.0.0.1"),
        "USER": "postgres",
    }
    os.environ["BENCHMARK_DATABASE"] = json.dumps({**server, "NAME": NAME})
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.admin_settings"
    import django

    _on_server(f"CREATE DATABASE {NAME}")
    django.setup()


def _leave(keep: bool) -> None:
    from django.db import connection

    connection.close()
    if not keep:
        _on_server(f"DROP DATABASE {NAME}")


def _on_server(statement: str) -> None:
    import psycopg

    host = os.environ.get("BENCHMARK_POSTGRES_HOST", "127.0.0.1")
    server = psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True)
    # It is there when it was kept from an earlier run.
    with server, contextlib.suppress(psycopg.errors.DuplicateDatabase):
        server.execute(statement)


def _measure(keep: bool) -> int:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    _fill()
    client, slow = _client(), []
    print(f"{'page':<58}{'median':>9}{'slowest':>9}{'queries':>9}")
    for name, uri in _pages():
        median, slowest, queries = _ask(client, uri)
        print(f"{name:<58}{median * 1e3:>6.0f} ms{slowest * 1e3:>6.0f} ms{queries:>9}")
        if median > LIMIT:
            slow.append(name)
    print(f"slower than {LIMIT * 1e3:.0f} ms: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


def _fill() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM django_activejob_job LIMIT 1")
        if cursor.fetchone():
            return
        for state, (number, executions) in _STATES.items():
            values = [state, _payload(), state, executions, state, int(state == "failed")]
            cursor.execute(_FILL, [*values, *[state] * 4, number])
        cursor.execute(_ATTEMPTS)
    _tally()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _payload() -> str:
    keywords = {"at": "2026-08-22", "_aj_ruby2_keywords": ["at"]}
    payload = {"job_class": "shop.Job", "job_id": "x", "arguments": [4711, "Ada", keywords]}
    return json.dumps({**payload, "executions": 0, "locale": "en"}, separators=(",", ":"))


def _tally() -> None:
    """A month of hours, and a day of minutes, of every class in two queues."""
    from django_activejob import handler
    from django_activejob.contracts import ProcessRecord

    registry = handler.adapter().registry()
    assert registry is not None  # noqa: S101 - a benchmark
    registry.register(ProcessRecord(id="f" * 32, kind="worker", hostname="here", pid=1))
    for tallies in _tallies():
        registry.beat("f" * 32, running=(), tallies=tallies)


def _tallies() -> Iterator[list[Any]]:
    from django_activejob.contracts import Tally, Times

    present = int(time.time()) // 60 * 60
    minutes = [present - 60 * n for n in range(24 * 60)]
    hours = [present - 3600 * n for n in range(25, 30 * 24)]
    times = Times(buckets=(3,) * 26, total=900.0, least=0.01, most=500.0)
    for began in (*minutes, *hours):
        yield [
            Tally(
                began=began,
                job_class=f"shop.Job{place}",
                queue=f"queue{place % 5}",
                performed=70,
                failed=8,
                run=times,
                wait=times,
                failures={f"shop.Error{place % 7}": 8},
            )
            for place in range(PLACES)
        ]


def _client() -> Any:
    from django.contrib.auth.models import User
    from django.test import Client

    user, _ = User.objects.get_or_create(username="admin", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(user)
    return client


def _pages() -> Iterator[tuple[str, str]]:
    from django.urls import reverse

    overview = reverse("admin:django_activejob_tally_changelist")
    for window in ("1h", "24h", "7d", "30d"):
        for group in ("outcome", "job_class"):
            yield f"overview {window} by {group}", f"{overview}?window={window}&by={group}"
    jobs = reverse("admin:django_activejob_job_changelist")
    for asked in _FILTERS:
        yield f"jobs {asked}", f"{jobs}?{asked}"
    yield from _others()


_FILTERS: Final = (
    "",
    *(
        f"status={state}"
        for state in ("scheduled", "blocked", "ready", "running", "retrying", "failed", "finished")
    ),
    "queue=queue1",
    "queue=none",
    "job_class=shop.Job3",
    "job_class=none",
    "priority=7",
    "error_class=none",
    "limit_key=key7",
    "process=" + "f" * 32,
    "recurring=nightly",
    "search=999999",
    "search=nothing+of+that",
    "time=finished_at&since=2026-01-01T00:00&until=2026-01-02T00:00",
    "status=ready&queue=queue2&priority=1",
    "status=finished&queue=queue1&job_class=shop.Job3",
    "status=finished&job_class=none",
    "status=finished&search=nothing+of+that",
    "status=finished&time=claimed_at&until=2020-01-01T00:00",
    "status=failed&error_class=shop.Error3&time=failed_at&since=2026-01-01T00:00",
)


def _others() -> Iterator[tuple[str, str]]:
    from django.contrib import admin
    from django.urls import reverse

    from django_activejob.adapters.database.models import Job

    for state in ("finished", "failed"):
        found = Job.objects.filter(state=state).values_list("pk", flat=True)[:1]
        yield f"a {state} job", reverse("admin:django_activejob_job_change", args=[found[0]])
    for model in admin.site._registry:
        name = model._meta.model_name
        if model._meta.app_label == "django_activejob" and name not in ("job", "tally"):
            yield f"{name} pages", reverse(f"admin:django_activejob_{name}_changelist")


def _ask(client: Any, uri: str) -> tuple[float, float, int]:
    from django.db import connection

    statements: list[str] = []

    def count(execute: Any, sql: str, *arguments: Any) -> Any:
        statements.append(sql)
        return execute(sql, *arguments)

    with connection.execute_wrapper(count):
        assert client.get(uri).status_code == 200, uri  # noqa: S101 - a benchmark
    seconds = []
    for _ in range(TIMES):
        began = time.perf_counter()
        client.get(uri)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds), max(seconds), len(statements)


if __name__ == "__main__":
    sys.exit(main())
