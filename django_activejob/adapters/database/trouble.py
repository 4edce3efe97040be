"""What a database's error means: come again, or give up."""

from __future__ import annotations

from django.db.utils import DatabaseError

# serialization failure, deadlock, lock not available
_TRANSIENT_STATES = frozenset({"40001", "40P01", "55P03"})
_MISSING_TABLE = "42P01"


def is_transient(error: DatabaseError) -> bool:
    """Says whether the same work may well succeed a moment later."""
    return sqlstate(error) in _TRANSIENT_STATES or "is locked" in str(error)


def is_missing_table(error: DatabaseError) -> bool:
    """Says whether our tables are not there, as before ``migrate``."""
    return sqlstate(error) == _MISSING_TABLE


def sqlstate(error: DatabaseError) -> str | None:
    """The five letters of the SQL standard, where the driver gives them (psycopg 3 or 2)."""
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    return state if isinstance(state, str) else None
