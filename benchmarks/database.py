"""How fast the database adapter is: ``python -m benchmarks.database sqlite postgres``.

For each store, in turns and several times: enqueue one by one, enqueue in bulk, drain with
one worker process, and the delay between an enqueue and the start of its job. The bare limit
is a loop over a table with one index, with psycopg or sqlite3 alone, hundreds a statement.
Quote the ratios; the absolute figures belong to one machine and one hour.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

JOBS = 5_000


def main() -> None:
    """Measures the stores that are named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stores", nargs="+", choices=["sqlite", "postgres"])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=JOBS)
    parser.add_argument("--threads", type=int, default=5)
    options = parser.parse_args()
    for store in options.stores:
        with tempfile.TemporaryDirectory() as folder:
            # A process for each store: Django is set up once in a process.
            environment = _environment(store, Path(folder))
            command = [sys.executable, "-m", "benchmarks.database_run", store]
            command += [str(options.repeats), str(options.jobs), str(options.threads)]
            subprocess.run(command, env=environment, check=True)  # noqa: S603 - our own program


def _environment(store: str, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "BENCHMARK_DATABASE": json.dumps(_database(store, folder)),
        "BENCHMARK_DIARY": str(folder / "diary"),
    }


def _database(store: str, folder: Path) -> dict[str, object]:
    if store == "postgres":
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ.get("BENCHMARK_POSTGRES", "test"),
            "HOST": "127.0.0.1",
            "USER": "postgres",
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(folder / "benchmark.sqlite3"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            "timeout": 20,
        },
    }


if __name__ == "__main__":
    main()
