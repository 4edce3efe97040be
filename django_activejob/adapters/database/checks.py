"""System checks of a database alias, made from the settings alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage
from django.db import connections

SUPPORTED = ("mysql", "postgresql", "sqlite")


def check_alias(alias: str) -> Iterator[CheckMessage]:
    """Looks whether an alias exists, whether we know its engine, and whether it is set up."""
    if alias not in connections.settings:
        known = ", ".join(sorted(connections.settings))
        yield checks.Error(
            f"The database adapter's option 'using' is {alias!r}, and DATABASES has no such alias.",
            hint=f"Use one of: {known}.",
            id="activejob.E101",
        )
        return
    connection = connections[alias]
    if connection.vendor not in SUPPORTED:
        yield checks.Error(
            f"DATABASES[{alias!r}]: the database adapter does not work on "
            f"{connection.display_name}.",
            hint="Use PostgreSQL, MySQL, MariaDB or SQLite, on an alias of its own if need be.",
            id="activejob.E102",
        )
    if connection.vendor == "sqlite":
        yield from _check_sqlite(alias, connection.settings_dict.get("OPTIONS", {}))
    if connection.vendor == "mysql":
        yield from _check_mysql(alias, connection.settings_dict.get("OPTIONS", {}))


def _check_sqlite(alias: str, options: dict[str, Any]) -> Iterator[CheckMessage]:
    mode = str(options.get("transaction_mode") or "").upper()
    command = str(options.get("init_command") or "").replace(" ", "").lower()
    if mode in ("IMMEDIATE", "EXCLUSIVE") and "journal_mode=wal" in command:
        return
    yield checks.Warning(
        f"DATABASES[{alias!r}]: this SQLite file is not set up for several processes; "
        "under load they will meet 'database is locked'.",
        hint=(
            "Add to its OPTIONS:\n"
            '    "transaction_mode": "IMMEDIATE",\n'
            '    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",'
        ),
        id="activejob.W101",
    )


def _check_mysql(alias: str, options: dict[str, Any]) -> Iterator[CheckMessage]:
    charset = str(options.get("charset") or "utf8mb4").lower()
    if charset != "utf8mb4":
        yield checks.Error(
            f"DATABASES[{alias!r}]: its connections speak {charset!r}, in which not every "
            "character can be written; errors with such characters could not be recorded.",
            hint="Take 'charset' out of its OPTIONS, or make it 'utf8mb4'.",
            id="activejob.E103",
        )
