"""Databases of their own for projects: migrated once for each engine, then copied."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any, Protocol

from tests import services


class Store(Protocol):
    """An engine on which a project can live."""

    def make(self, *, template: dict[str, Any] | None) -> dict[str, Any]:
        """A new database, empty or a copy; returns its entry for DATABASES."""

    def cut_connections(self, database: dict[str, Any]) -> None:
        """Ends every session with it, from its side."""

    def remove(self, database: dict[str, Any]) -> None:
        """Removes it."""


class SQLiteStore:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self, *, template: dict[str, Any] | None) -> dict[str, Any]:
        """A new file, empty or a copy."""
        path = self._folder / f"{uuid.uuid4().hex}.sqlite3"
        if template is not None:
            shutil.copy(template["NAME"], path)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(path),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
                "timeout": 20,
            },
        }

    def cut_connections(self, database: dict[str, Any]) -> None:
        """A file has no sessions."""

    def remove(self, database: dict[str, Any]) -> None:
        """The folder goes as a whole."""


class PostgreSQLStore:
    """Databases of a server."""

    def __init__(self, url: str) -> None:
        self._url = url

    def make(self, *, template: dict[str, Any] | None) -> dict[str, Any]:
        """A new database, empty or a copy."""
        name = f"test_integration_{uuid.uuid4().hex}"
        copied = f'TEMPLATE "{template["NAME"]}"' if template is not None else ""
        self._execute(f'CREATE DATABASE "{name}" {copied}')
        return {**services.django_database(self._url), "NAME": name}

    def cut_connections(self, database: dict[str, Any]) -> None:
        """End every session of a database, as a server that restarts does."""
        self._execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{database['NAME']}'"
        )

    def remove(self, database: dict[str, Any]) -> None:
        """Drop it, whoever is connected."""
        self._execute(f'DROP DATABASE IF EXISTS "{database["NAME"]}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement.encode())
