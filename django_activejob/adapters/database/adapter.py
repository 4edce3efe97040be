"""Jobs in tables of the project's own database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from django.core.checks import CheckMessage
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from typing_extensions import override

from django_activejob.adapters.database.checks import check_alias
from django_activejob.adapters.database.chores import chores
from django_activejob.adapters.database.inspector import DatabaseInspector
from django_activejob.adapters.database.recurring import DatabaseRecurringStore
from django_activejob.adapters.database.registry import DatabaseRegistry
from django_activejob.adapters.database.source import DatabaseSource
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions.enqueue import enqueue
from django_activejob.adapters.database.transitions.enqueue_all import enqueue_all
from django_activejob.contracts import Chore, Envelope, QueueAdapter, Receipt
from django_activejob.errors import InvalidOptions

# Connections of a parent process. They are kept and never touched: even to drop one
# could say goodbye on a socket that is still the parent's.
_SHORTEST_KEEP_TICKS = 3600  # seconds

_inherited: list[BaseDatabaseWrapper] = []


class DatabaseAdapter(QueueAdapter):
    """Keeps jobs in tables, one row for each job, through its life.

    On PostgreSQL, MySQL 8, MariaDB 10.6 or newer, and SQLite.

    Args:
        using: the database alias.
        polling_interval: seconds between two looks of an idle worker.
        keep_finished: seconds for which finished jobs are kept; None means for ever.
        keep_ticks: seconds for which the ticks of recurring tasks are kept, at least an hour:
            as long as they are, none is enqueued twice.
        listen: on PostgreSQL, tell idle workers of new jobs at once, through a connection of
            each worker's own; where that fails, as behind a pooler, they go on looking. On
            SQLite idle workers ask each 10 ms whether anybody has written.

    Raises:
        InvalidOptions: an option has a value that makes no sense.
    """

    supports_delay: ClassVar[bool] = True
    supports_priority: ClassVar[bool] = True
    supports_limits: ClassVar[bool] = True
    supports_unique: ClassVar[bool] = True
    supports_throttles: ClassVar[bool] = True

    def __init__(
        self,
        *,
        using: str = "default",
        polling_interval: float = 0.1,
        keep_finished: float | None = 86_400.0,
        keep_ticks: float = 604_800.0,
        listen: bool = True,
    ) -> None:
        if not (_is_number(polling_interval) and polling_interval > 0):
            raise _invalid("polling_interval", polling_interval, "a number of seconds above 0")
        if keep_finished is not None and not (_is_number(keep_finished) and keep_finished >= 0):
            raise _invalid("keep_finished", keep_finished, "a number of seconds, or None")
        if not (_is_number(keep_ticks) and keep_ticks >= _SHORTEST_KEEP_TICKS):
            raise _invalid("keep_ticks", keep_ticks, "a number of seconds, 3600 or more")
        self.using = using
        self.transaction_alias = using
        self._polling_interval = polling_interval
        self._keep_finished = keep_finished
        self._keep_ticks = keep_ticks
        self._store = Store(using, listen=listen)
        self._registry = DatabaseRegistry(self._store)

    @override
    def enqueue(self, envelope: Envelope) -> str:
        """Writes one job, in the caller's transaction if one is open."""
        return enqueue(self._store, envelope)

    @override
    def enqueue_all(self, envelopes: Sequence[Envelope]) -> list[Receipt]:
        """Writes many jobs in one transaction: all that fit the table, or none."""
        return enqueue_all(self._store, envelopes)

    @override
    def source(self, process_id: str) -> DatabaseSource:
        """The ready rows, for one process."""
        return DatabaseSource(self._store, process_id, polling_interval=self._polling_interval)

    @override
    def registry(self) -> DatabaseRegistry:
        """The rows of the processes; always the same object."""
        return self._registry

    @override
    def chores(self) -> Sequence[Chore]:
        """Dispatching, giving permits that are free, and clearing away what is done with."""
        return chores(self._store, keep_finished=self._keep_finished, keep_ticks=self._keep_ticks)

    @override
    def recurring(self) -> DatabaseRecurringStore:
        """The rows of the recurring tasks and of their ticks."""
        return DatabaseRecurringStore(self._store)

    @override
    def inspector(self) -> DatabaseInspector:
        """The tables, for people."""
        return DatabaseInspector(self._store)

    @override
    def check(self) -> Iterable[CheckMessage]:
        """Looks at the alias's settings."""
        return check_alias(self._store.alias)

    @override
    def close(self) -> None:
        """Closes the calling thread's connection."""
        self._store.close()

    @override
    def forget(self) -> None:
        """Leaves the inherited connection alone; the next use makes a new one."""
        alias = self._store.alias
        for connection in connections.all(initialized_only=True):
            if connection.alias == alias:
                _inherited.append(connection)
                del connections[alias]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _invalid(option: str, value: object, wanted: str) -> InvalidOptions:
    return InvalidOptions(
        f"The database adapter's option {option!r} is {value!r}; it has to be {wanted}."
    )
