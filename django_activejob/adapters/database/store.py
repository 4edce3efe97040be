"""One database alias, as the transitions see it."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DatabaseError, Error

from django_activejob.adapters.database.trouble import (
    is_large_packet,
    is_outage,
    is_read_only,
    is_transient,
)
from django_activejob.adapters.database.vendor import Vendor, vendor_of
from django_activejob.errors import AdapterUnavailable

logger = logging.getLogger(__name__)

T = TypeVar("T")
Record = tuple[Any, ...]

MOST_REMEMBERED = 200  # statements with their words filled in
LONGEST_REMEMBERED = 4_000  # characters
RETRY_PAUSES = (0.01, 0.03, 0.1, 0.3)  # seconds; a random part of each is slept

# Fork-safe: every process that comes of a fork draws other numbers.
_random = random.SystemRandom()


class _Inside(threading.local):
    """Whether the calling thread is inside a transaction of ours."""

    ours = False


class Store:
    """One database alias: runs statements, keeps transactions short, names what went wrong.

    Any thread may use it; each has the connection that Django gives it. State: ``_inside``,
    each thread's own; ``clashes``, how often work of this process met others' locks and was
    tried again, near enough: threads may count at the same time.
    """

    def __init__(self, alias: str, *, listen: bool = False) -> None:
        self.alias = alias
        self._listen = listen
        self._inside = _Inside()
        self._rendered: dict[tuple[str, ...], str] = {}
        self.clashes = 0

    @property
    def connection(self) -> BaseDatabaseWrapper:
        """The calling thread's connection."""
        return connections[self.alias]

    @cached_property
    def vendor(self) -> Vendor:
        """How this engine says things; the first use may ask the server.

        Raises:
            AdapterUnavailable: the server cannot be reached.
        """
        with self._guarded():
            return vendor_of(self.connection)

    @property
    def notifies(self) -> bool:
        """Whether idle sources are to be told of new jobs, and the engine can do so."""
        return self._listen and self.vendor.notifies

    @property
    def watches(self) -> bool:
        """Whether idle sources are to notice that others write, and the engine can tell."""
        return self._listen and self.vendor.tells_of_writes

    def rows(self, sql: str, parameters: Sequence[Any] = (), **fragments: str) -> list[Record]:
        """Runs one statement and gives all of its rows."""
        with self.connection.cursor() as cursor:
            cursor.execute(self._render(sql, fragments), self.vendor.adapted(parameters))
            rows: list[Record] = cursor.fetchall()
            return rows

    def rows_in_order(
        self, sql: str, parameters: Sequence[Any] = (), **fragments: str
    ) -> list[Record]:
        """``rows`` of a statement whose order an index has to give, whatever the statistics say.

        For one statement in no transaction, or in one of ours: what is said to the planner
        holds until its end.
        """
        if not self.vendor.planning:
            return self.rows(sql, parameters, **fragments)
        if self.connection.settings_dict["OPTIONS"].get("server_side_binding"):
            return self.atomically(lambda: self._rows_apart(sql, parameters, fragments))
        with self.connection.cursor() as cursor:
            statements = f"{self.vendor.planning}; {self._render(sql, fragments)}"
            cursor.execute(statements, self.vendor.adapted(parameters))
            # psycopg 3 is at the first statement, psycopg 2 at the last.
            while cursor.description is None:
                cursor.nextset()
            rows: list[Record] = cursor.fetchall()
            return rows

    def change(self, sql: str, parameters: Sequence[Any] = (), **fragments: str) -> int:
        """Runs one statement and says how many rows it changed."""
        with self.connection.cursor() as cursor:
            cursor.execute(self._render(sql, fragments), self.vendor.adapted(parameters))
            return int(cursor.rowcount)

    def change_each(self, sql: str, parameters: Sequence[Sequence[Any]]) -> None:
        """Runs one statement once for each of many sets of parameters."""
        with self.connection.cursor() as cursor:
            cursor.executemany(self._render(sql, {}), parameters)

    def run(self, work: Callable[[], T]) -> T:
        """Does work that is one statement, or only reads.

        What clashed with others is tried again, unless the caller has a transaction open.

        Raises:
            AdapterUnavailable: the store cannot be reached, or lacks our tables.
        """
        if self._inside.ours:
            # The transaction as a whole is tried again, and names what went wrong.
            return work()
        with self._guarded():
            return self._again_while_transient(work)

    def atomically(self, work: Callable[[], T]) -> T:
        """Does work in a transaction (a savepoint of the caller's, if one is open).

        Raises:
            AdapterUnavailable: nothing was written, or nobody knows.
        """
        return self.run(lambda: self._in_transaction(work))

    def after_commit(self, action: Callable[[], object]) -> None:
        """Does something once the open transaction has been committed; at once if none is open.

        A rollback drops it; its errors are logged, not raised. The block that Django's
        TestCase wraps around a test does not count, for it never commits.
        """
        blocks = self.connection.atomic_blocks if self.connection.in_atomic_block else ()
        if blocks and all(map(_is_of_testcase, blocks)):
            action()
        else:
            # A function, for Django names it in its log: some callables have no name.
            transaction.on_commit(lambda: action(), using=self.alias, robust=True)

    def close(self) -> None:
        """Closes the calling thread's connection."""
        self.connection.close()

    def _rows_apart(
        self, sql: str, parameters: Sequence[Any], fragments: dict[str, str]
    ) -> list[Record]:
        # A server that binds parameters takes one statement at a time.
        self.change(self.vendor.planning)
        return self.rows(sql, parameters, **fragments)

    def _in_transaction(self, work: Callable[[], T]) -> T:
        if self._needs_isolation():
            # For the next transaction alone: what the session has stays as it is.
            self.change("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        is_outermost = not self.connection.in_atomic_block
        with transaction.atomic(using=self.alias), self._as_ours():
            if self.vendor.leash and is_outermost:
                self.rows(self.vendor.leash)
            if self.vendor.single_writer:
                # A transaction that first reads and then writes may be refused at once,
                # whatever the time-out; a write that changes nothing takes the lock now.
                self.change("DELETE FROM django_activejob_pause WHERE 1 = 0")
            return work()

    def _needs_isolation(self) -> bool:
        connection = self.connection
        if not self.vendor.isolates or not connection.get_autocommit():
            return False
        return getattr(connection, "isolation_level", None) != "read committed"

    @contextmanager
    def _as_ours(self) -> Iterator[None]:
        before, self._inside.ours = self._inside.ours, True
        try:
            yield
        finally:
            self._inside.ours = before

    def _again_while_transient(self, work: Callable[[], T]) -> T:
        for pause in RETRY_PAUSES:
            try:
                return work()
            except DatabaseError as error:
                if self.connection.in_atomic_block or not is_transient(error):
                    raise
                self._note_clash(error)
            time.sleep(_random.uniform(0, pause))
        return work()

    def _note_clash(self, error: DatabaseError) -> None:
        self.clashes += 1
        logger.info(
            "DATABASES[%r]: a clash with others is tried again, the %d. of this process: %s",
            self.alias,
            self.clashes,
            error,
            extra={"clashes": self.clashes},
        )

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except Error as error:
            if not is_outage(error):
                raise
            self._leave_connection(error)
            raise self._unavailable(error) from error

    def _leave_connection(self, error: Error) -> None:
        if self.connection.in_atomic_block:
            return
        if is_read_only(error):
            # It answers, and yet is of no use: the next one may lead to the new primary.
            self.connection.close()
        else:
            self.connection.close_if_unusable_or_obsolete()

    def _unavailable(self, error: Exception) -> AdapterUnavailable:
        if isinstance(error, DatabaseError) and is_large_packet(error):
            return AdapterUnavailable(
                f"DATABASES[{self.alias!r}]: the server refuses a statement of this length: "
                f"{error}. Raise its max_allowed_packet, or give jobs ids instead of data."
            )
        return AdapterUnavailable(
            f"DATABASES[{self.alias!r}]: the jobs' tables cannot be used: {error}. Is the server "
            f"up, and has `manage.py migrate --database={self.alias}` been run?"
        )

    def _render(self, sql: str, fragments: dict[str, str]) -> str:
        key = (sql, *fragments.values())
        rendered = self._rendered.get(key)
        if rendered is None:
            rendered = _filled_in(sql, fragments, self.vendor.words)
            if len(rendered) <= LONGEST_REMEMBERED and len(self._rendered) < MOST_REMEMBERED:
                self._rendered[key] = rendered
        return rendered


def _filled_in(sql: str, fragments: dict[str, str], words: Mapping[str, str]) -> str:
    filled = {name: text.format_map(words) for name, text in fragments.items()}
    return sql.format(**words, **filled)


def _is_of_testcase(block: Any) -> bool:
    return bool(block._from_testcase)
