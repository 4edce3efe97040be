"""What an engine means to do with a statement."""

from __future__ import annotations

from django_activejob.adapters.database.store import Store


def explained(store: Store, sql: str, *, word: str = "EXPLAIN") -> str:
    """The engine's plan for a statement, with what we tell its planner before it."""
    *planning, statement = sql.split("; ") if sql.startswith("SET LOCAL") else [sql]
    with store.connection.cursor() as cursor:
        cursor.execute("; ".join([*planning, f"{word} {statement}"]))
        while cursor.description is None:
            cursor.nextset()
        return "\n".join(str(row) for row in cursor.fetchall())
