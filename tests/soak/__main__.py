"""The command: sets up a project, drives load and trouble, checks, and tells."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import services
from tests.integration.harness import Project
from tests.integration.stores import MySQLStore, PostgreSQLStore, SQLiteStore, Store

ENGINES = ("sqlite", "postgres", "mysql")
TELL_EVERY = 10.0  # seconds
DRAIN_WITHIN = 240.0  # seconds


def main() -> int:
    """Run the soak; 0 when the books are right."""
    options = _options()
    dice = random.Random(options.seed)
    print(f"{options.engine}: {options.minutes:g} minutes, seed {options.seed}", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as folder,
        _project(options.engine, Path(folder)) as project,
    ):
        return _soak(project, seconds=options.minutes * 60, dice=dice)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    return parser.parse_args()


@contextmanager
def _project(engine: str, folder: Path) -> Iterator[Project]:
    store = _store(engine, folder)
    database = store.make(template=None)
    project = Project(folder, database, store=store)
    # Those who stand still are stopped for longer than that.
    project.settings |= {"SHUTDOWN_TIMEOUT": 3.0}
    project.console.migrate()
    _join(project)
    try:
        yield project
    finally:
        project.close()
        from django.db import connections

        connections.close_all()
        store.remove(database)


def _store(engine: str, folder: Path) -> Store:
    if engine == "sqlite":
        return SQLiteStore(folder)
    found = services.service(engine)
    if found.url is None:
        sys.exit(f"{engine}: {found.reason}")
    return MySQLStore(found.url) if engine == "mysql" else PostgreSQLStore(found.url)


def _join(project: Project) -> None:
    """Makes this process one of the project's, that enqueues and looks into the tables."""
    os.environ.update(project.environment(project.database))
    import django

    django.setup()


def _soak(project: Project, *, seconds: float, dice: random.Random) -> int:
    from .invariants import Books
    from .load import Load
    from .trouble import Trouble

    load, trouble, books = Load(dice), Trouble(project, dice), Books(project)
    try:
        _run(load, trouble, books, seconds=seconds)
    finally:
        trouble.end()
    print("No more trouble; what is left is to be done.", flush=True)
    is_drained = books.drain(within=DRAIN_WITHIN)
    stopped = trouble.stop_all()
    problems = books.check(load, trouble, is_drained=is_drained, statuses=stopped)
    _tell(seconds, load.facts(), trouble.facts(), books.facts())
    for problem in problems:
        print(f"PROBLEM: {problem}", flush=True)
    print("FAILED" if problems else "All is well.", flush=True)
    return 1 if problems else 0


def _run(load: Any, trouble: Any, books: Any, *, seconds: float) -> None:
    began = told = time.monotonic()
    while time.monotonic() - began < seconds:
        load.keep_up()
        books.look()
        if time.monotonic() - told > TELL_EVERY:
            told = time.monotonic()
            _tell(told - began, load.facts(), trouble.facts(), books.facts())
        time.sleep(0.05)


def _tell(seconds: float, *facts: dict[str, Any]) -> None:
    said = {key: value for each in facts for key, value in each.items()}
    print(f"{seconds:5.0f} s  {json.dumps(said)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
