"""What the engines say differently: one value for each, and nothing about them elsewhere."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.timezone import get_default_timezone

from django_activejob.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """One engine's way to say things.

    ``words`` fill the braces of our statements: ``{now}`` is the store's clock,
    ``{later}`` the clock plus ``%s`` seconds, ``{lock}`` and ``{skip}`` lock rows, waiting
    for them or passing over them, ``{share}`` keeps a row from being deleted, ``{among}``
    takes one list as its ``%s``, ``{token}`` is the text of a claim's token. ``{insert}`` and
    ``{unless_there}``, the head and the tail of one statement, write what is new and leave
    what is there, without a word and uncounted. ``{or_change}``, between the values and the
    assignments of a new semaphore, changes the one that is there instead;
    ``{or_add_tally}`` and ``{or_add_failure}`` do so for tallies, where
    ``{given}name{end_given}`` is a value of the new row, and ``{least}`` and ``{most}`` choose
    one of two numbers. ``{position}`` tells where in a text another one stands.
    ``{by_ready}``, ``{by_ready_queue}``, ``{by_due}``, ``{by_blocked}`` and
    ``{by_finished}`` tell an engine that chooses badly which index to walk.
    ``returning``: one UPDATE can choose rows, change them and give them back.
    ``tells_ids``: INSERT gives back the ids of what it has written.
    ``reads_records``: json_to_recordset makes rows of JSON.
    ``single_writer``: a write locks the whole store, so one looks before one writes.
    ``planning``: what makes the planner take its rows from an index that has them in order.
    ``isolates``: a transaction has to ask for READ COMMITTED where the alias has another level.
    ``leash``: said first in a transaction, it has the server end the session of a process that
    stands still inside, and would keep its locks from everybody; empty where none can be had.
    """

    words: Mapping[str, str]
    returning: bool = True
    tells_ids: bool = True
    reads_records: bool = False
    single_writer: bool = False
    isolates: bool = False
    leash: str = ""
    notifies: bool = False  # LISTEN and NOTIFY
    tells_of_writes: bool = False  # PRAGMA data_version
    planning: str = ""
    aware: bool = False  # the engine knows time zones
    write_list: Callable[[list[Any]], Any]  # a list as the driver takes it

    def adapted(self, parameters: Sequence[Any]) -> Sequence[Any]:
        """Parameters with the lists among them as the driver takes them."""
        return [self.write_list(each) if isinstance(each, list) else each for each in parameters]

    def write_time(self, moment: datetime | None) -> datetime | str | None:
        """A moment as a parameter of a statement."""
        if moment is None or self.aware:
            return moment
        return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")

    def read_time(self, value: datetime | str | None) -> datetime | None:
        """A moment as a driver gave it, aware, in UTC."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._silent_zone())
        return moment.astimezone(UTC)

    def _silent_zone(self) -> tzinfo:
        # With USE_TZ = False Django strips the zone from what PostgreSQL answers;
        # the other engines hold what we wrote, which is UTC.
        return get_default_timezone() if self.aware else UTC


_ON_CONFLICT = {
    "token": "(id || ':' || claim_number)",
    "insert": "INSERT",
    "unless_there": "ON CONFLICT DO NOTHING",
    "or_change": "ON CONFLICT (limit_key) DO UPDATE SET",
    "or_add_tally": "ON CONFLICT (span, began, job_class, queue) DO UPDATE SET",
    "or_add_failure": "ON CONFLICT (span, began, job_class, error_class) DO UPDATE SET",
    "given": "excluded.",
    "end_given": "",
}
_NO_HINTS = dict.fromkeys(
    ("by_ready", "by_ready_queue", "by_due", "by_blocked", "by_finished", "briefly"), ""
)
# For this transaction alone, and only where nobody has said otherwise.
_LEASH = """
    SELECT set_config('idle_in_transaction_session_timeout', '10s', true)
    WHERE current_setting('idle_in_transaction_session_timeout') = '0'
"""


def _as_it_is(values: list[Any]) -> list[Any]:
    return values


def _as_tuple(values: list[Any]) -> tuple[Any, ...]:
    # These drivers write a tuple as (1, 2, 3); the engine does not know an empty one.
    return tuple(values) or (None,)


POSTGRESQL = Vendor(
    aware=True,
    leash=_LEASH,
    notifies=True,
    reads_records=True,
    # The statistics of a table that is now empty, now full, are always wrong, and a planner
    # that believes in a handful of ready jobs reads and sorts all of them for each claim.
    planning=(
        "SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off;"
        " SET LOCAL enable_seqscan = off"
    ),
    write_list=_as_it_is,
    words=MappingProxyType(
        {
            # Not clock_timestamp(): being volatile it keeps an index from being used.
            "now": "statement_timestamp()",
            "later": "statement_timestamp() + make_interval(secs => %s)",
            "lock": "FOR UPDATE",
            "skip": "FOR UPDATE SKIP LOCKED",
            "share": "FOR KEY SHARE",
            "position": "strpos",
            "least": "LEAST",
            "most": "GREATEST",
            "among": "= ANY(%s)",
            **_ON_CONFLICT,
            **_NO_HINTS,
        }
    ),
)

# Milliseconds are what this clock has; the zeros make it as long as the times we write.
_SQLITE_CLOCK = "(strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now') || '000')"
_SQLITE_LATER = (
    "(strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', printf('%%+.3f seconds', %s)) || '000')"
)

SQLITE = Vendor(
    single_writer=True,
    tells_of_writes=True,
    write_list=json.dumps,
    # UPDATE … RETURNING and MATERIALIZED came together.
    returning=sqlite3.sqlite_version_info >= (3, 35),
    words=MappingProxyType(
        {
            "now": _SQLITE_CLOCK,
            "later": _SQLITE_LATER,
            "lock": "",
            "skip": "",
            "share": "",
            "position": "instr",
            "least": "MIN",
            "most": "MAX",
            "among": "IN (SELECT value FROM json_each(%s))",
            **_ON_CONFLICT,
            **_NO_HINTS,
        }
    ),
)

MARIADB = Vendor(
    returning=False,
    isolates=True,
    write_list=_as_tuple,
    words=MappingProxyType(
        {
            "now": "UTC_TIMESTAMP(6)",
            "later": "(UTC_TIMESTAMP(6) + INTERVAL ROUND(%s * 1000000) MICROSECOND)",
            "lock": "FOR UPDATE",
            "skip": "FOR UPDATE SKIP LOCKED",
            "share": "LOCK IN SHARE MODE",
            "among": "IN %s",
            "token": "CONCAT(id, ':', claim_number)",
            "insert": "INSERT IGNORE",
            "unless_there": "",
            "or_change": "ON DUPLICATE KEY UPDATE",
            "or_add_tally": "ON DUPLICATE KEY UPDATE",
            "or_add_failure": "ON DUPLICATE KEY UPDATE",
            "given": "VALUES(",
            "end_given": ")",
            "least": "LEAST",
            "most": "GREATEST",
            "position": "INSTR",
            # Of a locking read that sorts, every row that it looks at is locked; and the
            # statistics of a table that is now empty, now full, are always wrong.
            "by_ready": "FORCE INDEX (aj_job_ready)",
            "by_ready_queue": "FORCE INDEX (aj_job_ready_queue)",
            "by_due": "FORCE INDEX (aj_job_due)",
            "by_blocked": "FORCE INDEX (aj_job_blocked)",
            "by_finished": "FORCE INDEX (aj_job_finished)",
            "briefly": "SET STATEMENT innodb_lock_wait_timeout = 3 FOR",
        }
    ),
)
MYSQL = replace(MARIADB, tells_ids=False, words=MappingProxyType({**MARIADB.words, "briefly": ""}))

_VENDORS = {"postgresql": POSTGRESQL, "sqlite": SQLITE, "mysql": MYSQL, "mariadb": MARIADB}
# Older ones cannot pass over rows that others have locked.
_OLDEST = {"mysql": (8, 0, 1), "mariadb": (10, 6)}


def vendor_of(connection: BaseDatabaseWrapper) -> Vendor:
    """The engine behind a connection; MySQL's server is asked which one it is.

    Raises:
        ConfigurationError: an engine that this adapter does not know, or too old a version.
    """
    name = _name_of(connection)
    if name not in _VENDORS:
        raise ConfigurationError(
            f"DATABASES[{connection.alias!r}]: the database adapter does not work on "
            f"{connection.display_name}; use one of {', '.join(sorted(_VENDORS))}."
        )
    if name in _OLDEST:
        _refuse_old(connection, _OLDEST[name])
    return _VENDORS[name]


def _name_of(connection: BaseDatabaseWrapper) -> str:
    return "mariadb" if getattr(connection, "mysql_is_mariadb", False) else connection.vendor


def _refuse_old(connection: BaseDatabaseWrapper, oldest: tuple[int, ...]) -> None:
    version = connection.get_database_version()
    if version < oldest:
        raise ConfigurationError(
            f"DATABASES[{connection.alias!r}]: the server is {connection.display_name} "
            f"{_dotted(version)}, which has no SKIP LOCKED; the database adapter needs "
            f"{_dotted(oldest)} or newer."
        )


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
