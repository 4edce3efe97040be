"""Writing new jobs, and learning their ids."""

from __future__ import annotations

from collections.abc import Sequence

from django_activejob.adapters.database.listening import CHANNEL
from django_activejob.adapters.database.parameters import flattened, tuples
from django_activejob.adapters.database.rows import Row
from django_activejob.adapters.database.state import State
from django_activejob.adapters.database.store import Store

_INSERT = """
    INSERT INTO django_activejob_job
        ({columns}, crashes, process_id, claim_number, error_class, enqueued_at)
    VALUES {values}
"""
_INSERT_AND_TELL = f"{_INSERT} RETURNING id"
# In the same statement: it costs no way to the server, and is heard when the jobs are there.
# An inner SELECT that knows no row is made once, however many rows there are.
_INSERT_AND_NOTIFY = """
    WITH inserted AS ({insert_and_tell})
    SELECT id, (SELECT pg_notify('{channel}', '') IS NULL) FROM inserted
""".replace("{insert_and_tell}", _INSERT_AND_TELL).replace("{channel}", CHANNEL)
_VALUES = f"({tuples(1, width=Row.WIDTH)[1:-1]}, 0, '', 0, '', {{now}})"
_FIRST_AND_STEP = "SELECT LAST_INSERT_ID(), @@SESSION.auto_increment_increment"


def insert(store: Store, rows: Sequence[Row]) -> list[int]:
    """Writes jobs in one statement; gives their ids, in the order of the rows."""
    parameters = flattened([row.parameters(store.vendor) for row in rows])
    values = ", ".join([_VALUES] * len(rows))
    if not store.vendor.tells_ids:
        store.change(_INSERT, parameters, columns=Row.COLUMNS, values=values)
        return _ids_in_a_row(store, len(rows))
    is_any_ready = any(row.state is State.READY for row in rows)
    statement = _INSERT_AND_NOTIFY if store.notifies and is_any_ready else _INSERT_AND_TELL
    inserted = store.rows(statement, parameters, columns=Row.COLUMNS, values=values)
    # Engines number the rows in the order in which they are written, but may tell them in another.
    return sorted(id for id, *_ in inserted)


def _ids_in_a_row(store: Store, count: int) -> list[int]:
    # MySQL tells the first id; the others of the same statement follow in its steps, which
    # are longer than 1 where several servers accept writes.
    [(first, step)] = store.rows(_FIRST_AND_STEP)
    return [first + step * place for place in range(count)]
