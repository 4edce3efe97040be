"""How the peer harness starts us: ``runjobs`` as a project would, on each store."""

from __future__ import annotations

from typing import Any

from lib.spec import Variant  # the harness's own

APPS = "django_activejob,benched"


def worker(c: Any, processes: int, threads: int) -> list[list[str]]:
    """One supervisor; with two workers it has a third child, for chores, as by default."""
    return [c.manage("runjobs", "--processes", str(processes), "--threads", str(threads))]


def migrate(c: Any) -> list[str]:
    """The command that makes the tables."""
    return c.manage("migrate", "-v0")


VARIANTS = [
    Variant(
        f"django-activejob-{store}",
        worker,
        store=store,
        apps=APPS,
        migrate=migrate,
        conc=5,
        n=20_000,
        env={"BENCH_ADAPTER": "database"},
        backlog=True,
        sched_wait=2,
    )
    for store in ("postgres", "sqlite")
] + [
    Variant(
        "django-activejob-redis",
        worker,
        store="redis",
        apps=APPS,
        conc=5,
        env={"BENCH_ADAPTER": "redis"},
        sched_wait=2,
    )
]
