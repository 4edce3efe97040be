"""What a database's error means: come again, or give up."""

from __future__ import annotations

from django.db.utils import DatabaseError, Error, InterfaceError, OperationalError

# serialization failure, deadlock, lock not available
_TRANSIENT_STATES = frozenset({"40001", "40P01", "55P03"})
_MISSING_TABLE = "42P01"
_READ_ONLY = "25006"
_STOOD_STILL = "25P03"  # in a transaction, and for so long that the server has ended the session

# MySQL's and MariaDB's numbers: a row that has changed since it was read, lock wait, deadlock
_TRANSIENT_NUMBERS = frozenset({1020, 1205, 1213})
_MISSING_TABLE_NUMBER = 1146
# --read-only, a transaction that may only read, and a server that may only be read
_READ_ONLY_NUMBERS = frozenset({1290, 1792, 1836})
_LARGE_PACKET_NUMBER = 1153


def is_transient(error: DatabaseError) -> bool:
    """Says whether the same work may well succeed a moment later."""
    return (
        sqlstate(error) in _TRANSIENT_STATES
        or number(error) in _TRANSIENT_NUMBERS
        or "is locked" in str(error)
    )


def is_outage(error: Error) -> bool:
    """Says whether the store cannot be used for now, whatever is asked of it."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return isinstance(error, DatabaseError) and (
        is_missing_table(error) or is_read_only(error) or sqlstate(error) == _STOOD_STILL
    )


def is_read_only(error: Error) -> bool:
    """Says whether this server takes no writes: after a fail-over, another one does."""
    return isinstance(error, DatabaseError) and (
        sqlstate(error) == _READ_ONLY or number(error) in _READ_ONLY_NUMBERS
    )


def is_missing_table(error: DatabaseError) -> bool:
    """Says whether our tables are not there, as before ``migrate``."""
    return sqlstate(error) == _MISSING_TABLE or number(error) == _MISSING_TABLE_NUMBER


def is_large_packet(error: DatabaseError) -> bool:
    """Says whether a statement was longer than the server takes (``max_allowed_packet``)."""
    return number(error) == _LARGE_PACKET_NUMBER


def sqlstate(error: DatabaseError) -> str | None:
    """The five letters of the SQL standard, where the driver gives them (psycopg 3 or 2)."""
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    return state if isinstance(state, str) else None


def number(error: DatabaseError) -> int | None:
    """The number that MySQL and MariaDB give an error."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, int) else None
