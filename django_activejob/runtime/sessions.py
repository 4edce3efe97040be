"""Notices what a job does to the session behind a connection, so that the next job is spared it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

# What outlives its transaction. A name that only a function of the project's changes is not seen.
_CHANGES: Final = re.compile(
    r"\s*(?:"
    r"SET\s+(?!LOCAL\b|TRANSACTION\b|CONSTRAINTS\b|STATEMENT\b)"
    r"|SELECT\s+(?:pg_catalog\.)?set_config\s*\((?:(?!\btrue\b).)*\)\s*;?\s*$"
    r"|CREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:GLOBAL|LOCAL)\s+)?TEMP"
    r"|SELECT\s+pg_advisory_lock"
    r"|LISTEN\b|PREPARE\b|LOCK\s+TABLES|USE\b|RESET\b|ATTACH\b"
    r"|PRAGMA\s+[\w.]+\s*="
    r")",
    re.IGNORECASE | re.DOTALL,
)


class _Watch:
    """Sees every statement of one connection; used by the thread that uses the connection."""

    def __init__(self) -> None:
        self.has_seen_changes = False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if _CHANGES.match(sql):
            self.has_seen_changes = True
        return execute(sql, params, many, context)


def watch() -> None:
    """Has every connection watched that this process opens from now on; once is enough."""
    connection_created.connect(_begin, dispatch_uid="django_activejob.sessions")


def is_changed(connection: BaseDatabaseWrapper) -> bool:
    """Whether the session has settings, temporary tables or locks that a new one would not have."""
    watch = _watch_of(connection)
    return watch is not None and watch.has_seen_changes


def _begin(connection: BaseDatabaseWrapper, **_: Any) -> None:
    watch = _watch_of(connection)
    if watch is None:
        connection.execute_wrappers.append(_Watch())
    else:
        # What Django says to each new session came before this signal.
        watch.has_seen_changes = False


def _watch_of(connection: BaseDatabaseWrapper) -> _Watch | None:
    return next((each for each in connection.execute_wrappers if isinstance(each, _Watch)), None)
