"""What the engines say differently: one value for each, and nothing about them elsewhere."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    for them or passing over them, ``{share}`` keeps a row from being deleted, ``{contains}``
    looks for ``%s`` in a payload, ``{among}`` takes one list as its ``%s``.
    ``returning``: one UPDATE can choose rows, change them and give them back.
    ``single_writer``: a write locks the whole store, so one looks before one writes.
    """

    words: Mapping[str, str]
    returning: bool = True
    single_writer: bool = False
    aware: bool = False  # the engine knows time zones
    arrays: bool = False  # a list can be a parameter

    def adapted(self, parameters: Sequence[Any]) -> Sequence[Any]:
        """Parameters with the lists among them as the driver takes them."""
        if self.arrays:
            return parameters
        return [json.dumps(each) if isinstance(each, list) else each for each in parameters]

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


POSTGRESQL = Vendor(
    aware=True,
    arrays=True,
    words=MappingProxyType(
        {
            # Not clock_timestamp(): being volatile it keeps an index from being used.
            "now": "statement_timestamp()",
            "later": "statement_timestamp() + make_interval(secs => %s)",
            "lock": "FOR UPDATE",
            "skip": "FOR UPDATE SKIP LOCKED",
            "share": "FOR KEY SHARE",
            "contains": "strpos(payload, %s) > 0",
            "among": "= ANY(%s)",
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
    # UPDATE … RETURNING and MATERIALIZED came together.
    returning=sqlite3.sqlite_version_info >= (3, 35),
    words=MappingProxyType(
        {
            "now": _SQLITE_CLOCK,
            "later": _SQLITE_LATER,
            "lock": "",
            "skip": "",
            "share": "",
            "contains": "instr(payload, %s) > 0",
            "among": "IN (SELECT value FROM json_each(%s))",
        }
    ),
)

_VENDORS = {"postgresql": POSTGRESQL, "sqlite": SQLITE}


def vendor_of(connection: BaseDatabaseWrapper) -> Vendor:
    """The engine behind a connection; asks nothing of the server.

    Raises:
        ConfigurationError: an engine that this adapter does not know.
    """
    try:
        return _VENDORS[connection.vendor]
    except KeyError:
        raise ConfigurationError(
            f"DATABASES[{connection.alias!r}]: the database adapter does not work on "
            f"{connection.display_name}; use one of {', '.join(sorted(_VENDORS))}."
        ) from None
