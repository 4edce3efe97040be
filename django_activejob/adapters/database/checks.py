"""System checks of a database alias, made from the settings alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage
from django.db import connections

from django_activejob.adapters.database.places import filesystem_of, is_writable

SUPPORTED = ("mysql", "postgresql", "sqlite")
REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "fuse.sshfs"})


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
        yield from check_place(alias, str(connection.settings_dict["NAME"]))
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


def check_place(alias: str, name: str) -> Iterator[CheckMessage]:
    """Looks whether SQLite can write a file where it is to be, and share it between processes."""
    if name.startswith(":memory:") or "mode=memory" in name:
        return
    path = Path(name.removeprefix("file:").partition("?")[0]).absolute()
    if not is_writable(path):
        yield checks.Warning(
            f"DATABASES[{alias!r}]: SQLite cannot write {str(path)!r}, for the file or its folder "
            "is not there, or may not be written by this user.",
            hint="Make the folder, and let the user of this process write in it: beside the file "
            "SQLite keeps two others.",
            id="activejob.W102",
        )
    elif (kind := filesystem_of(path)) in REMOTE:
        yield checks.Warning(
            f"DATABASES[{alias!r}]: {str(path)!r} lies on another machine ({kind}), and the locks "
            "of SQLite do not hold there: jobs may be lost or run twice.",
            hint="Put the file on a disk of this machine, or use PostgreSQL, MySQL or MariaDB.",
            id="activejob.W103",
        )
