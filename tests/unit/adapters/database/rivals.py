"""Others at the same tables: sessions that hold locks, and threads that do the same at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connections

from tests.waiting import until

T = TypeVar("T")

_WAITERS = {
    "postgresql": """
        SELECT COUNT(*) FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND datname = current_database()
    """,
    # innodb_trx, which knows it for sure, shows old things to who asks often.
    "mysql": """
        SELECT COUNT(*) FROM information_schema.processlist
        WHERE command = 'Query' AND db = DATABASE() AND id <> CONNECTION_ID() AND time_ms > 100
    """,
}


class Rival:
    """A session of its own, in a transaction until ``give_way``."""

    def __init__(self, alias: str) -> None:
        self._connection = connections.create_connection(alias)
        self._connection.set_autocommit(False)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Does what others would do, and keeps the locks."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql, parameters)

    def give_way(self) -> None:
        """Undoes all of it."""
        self._connection.rollback()

    def close(self) -> None:
        """Ends the session."""
        self._connection.rollback()
        self._connection.close()


@contextmanager
def rival_on(alias: str) -> Iterator[Rival]:
    """A rival for the length of a block."""
    rival = Rival(alias)
    try:
        yield rival
    finally:
        rival.close()


def await_waiter(alias: str) -> None:
    """Waits until a session of this database waits for a lock."""

    def is_any() -> bool:
        with connections[alias].cursor() as cursor:
            cursor.execute(_WAITERS[connections[alias].vendor])
            return bool(cursor.fetchone()[0])

    until(is_any)


def together(alias: str, works: Sequence[Callable[[], T]]) -> list[T]:
    """Does each work in a thread of its own, all from the same moment; gives the results."""
    barrier = threading.Barrier(len(works))

    def one(work: Callable[[], T]) -> T:
        barrier.wait(10)
        return _done(alias, work)

    with ThreadPoolExecutor(len(works)) as threads:
        return [each.result(60) for each in [threads.submit(one, work) for work in works]]


@contextmanager
def beside(alias: str, work: Callable[[], T]) -> Iterator[Future[T]]:
    """Does a work in a thread while a block runs."""
    with ThreadPoolExecutor(1) as threads:
        yield threads.submit(_done, alias, work)


def _done(alias: str, work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        connections[alias].close()
