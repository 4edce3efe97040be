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

    def as_common_user(self, database: dict[str, Any], *, connections: int = 0) -> dict[str, Any]:
        """The database as a user without rights over the server finds it.

        Args:
            connections: how many it may have at once; 0 for any number.
        """
        name = f"user_{uuid.uuid4().hex[:20]}"
        self._execute(f"CREATE USER {name}@'%' WITH MAX_USER_CONNECTIONS {connections}")
        self._execute(f"GRANT ALL ON {database['NAME']}.* TO {name}@'%'")
        return {**database, "USER": name, "PASSWORD": ""}

    def allow_connections(self, database: dict[str, Any], number: int) -> None:
        """Lets a common user have so many at once."""
        self._execute(f"ALTER USER {database['USER']}@'%' WITH MAX_USER_CONNECTIONS {number}")

    def set_read_only(self, database: dict[str, Any], says: bool) -> None:
        """Lets the whole server take no writes but from those with rights over it."""
        self._execute(f"SET GLOBAL read_only = {int(says)}")

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

    def as_common_user(self, database: dict[str, Any], *, connections: int = -1) -> dict[str, Any]:
        """The database as a user without rights over the server finds it.

        Args:
            connections: how many it may have at once; -1 for any number.
        """
        name = f"user_{uuid.uuid4().hex[:20]}"
        self._execute(f"CREATE ROLE {name} LOGIN CONNECTION LIMIT {connections}")
        with self._connect(database["NAME"]) as connection:
            connection.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}".encode())
            connection.execute(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {name}".encode())
        return {**database, "USER": name}

    def allow_connections(self, database: dict[str, Any], number: int) -> None:
        """Lets a common user have so many at once."""
        self._execute(f"ALTER ROLE {database['USER']} CONNECTION LIMIT {number}")

    def move_to(self, database: dict[str, Any], place: Path) -> None:
        """Moves its files into an empty folder."""
        self.cut_connections(database)
        self._execute(f"CREATE TABLESPACE {_tablespace(place)} LOCATION '{place}'")
        self._execute(f'ALTER DATABASE "{database["NAME"]}" SET TABLESPACE {_tablespace(place)}')

    def remove_with_place(self, database: dict[str, Any], place: Path) -> None:
        """Drops it, and takes leave of the folder."""
        self.remove(database)
        self._execute(f"DROP TABLESPACE {_tablespace(place)}")

    def set_read_only(self, database: dict[str, Any], says: bool) -> None:
        """Lets new sessions only read; the present ones end, or stay as they were."""
        value = "on" if says else "off"
        self._execute(
            f'ALTER DATABASE "{database["NAME"]}" SET default_transaction_read_only = {value}'
        )
        if says:
            self.cut_connections(database)

    def remove(self, database: dict[str, Any]) -> None:
        """Drop it, whoever is connected."""
        self._execute(f'DROP DATABASE IF EXISTS "{database["NAME"]}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with self._connect() as connection:
            # Whatever a database says of all its sessions, this one writes.
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(statement.encode())

    def _connect(self, name: str | None = None) -> Any:
        import psycopg

        told = {"dbname": name} if name else {}
        return psycopg.connect(self._url, autocommit=True, **told)


def _tablespace(place: Path) -> str:
    return "place_" + "".join(filter(str.isalnum, place.name))
