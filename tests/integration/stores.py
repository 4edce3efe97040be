"""Databases of their own for projects: migrated once for each engine, then copied."""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Sequence
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


class MySQLStore:
    """Databases of a MariaDB or MySQL server."""

    def __init__(self, url: str) -> None:
        self._database = services.django_database(url)

    def make(self, *, template: dict[str, Any] | None) -> dict[str, Any]:
        """A new database, empty or with the tables of another; such a server copies none."""
        name = f"test_integration_{uuid.uuid4().hex}"
        self._execute(f"CREATE DATABASE {name}")
        if template is not None:
            self._copy_tables(template["NAME"], name)
        return {**self._database, "NAME": name}

    def cut_connections(self, database: dict[str, Any]) -> None:
        """End every session with a database."""
        sessions = self._execute(
            f"SELECT id FROM information_schema.processlist WHERE db = '{database['NAME']}'"
        )
        for (id,) in sessions:
            with contextlib.suppress(Exception):  # it may just have ended by itself
                self._execute(f"KILL {id}")

    def remove(self, database: dict[str, Any]) -> None:
        """Drop it."""
        self._execute(f"DROP DATABASE IF EXISTS {database['NAME']}")

    def _copy_tables(self, source: str, target: str) -> None:
        tables = self._execute(
            f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{source}'"
        )
        for (table,) in tables:
            self._execute(f"CREATE TABLE {target}.{table} LIKE {source}.{table}")
            self._execute(f"INSERT INTO {target}.{table} SELECT * FROM {source}.{table}")

    def _execute(self, statement: str) -> Sequence[tuple[Any, ...]]:
        import pymysql

        connection = pymysql.connect(
            host=self._database["HOST"],
            port=int(self._database["PORT"] or 3306),
            user=self._database["USER"],
            password=self._database["PASSWORD"],
            autocommit=True,
        )
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()


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
