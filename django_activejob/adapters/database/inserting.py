"""Writing new jobs, and learning their ids."""

from __future__ import annotations

from collections.abc import Sequence

from django_activejob.adapters.database.parameters import flattened, tuples
from django_activejob.adapters.database.rows import Row
from django_activejob.adapters.database.store import Store

_INSERT = """
    INSERT INTO django_activejob_job
        ({columns}, crashes, process_id, claim_number, error_class, enqueued_at)
    VALUES {values}
"""
_INSERT_AND_TELL = f"{_INSERT} RETURNING id"
_VALUES = f"({tuples(1, width=Row.WIDTH)[1:-1]}, 0, '', 0, '', {{now}})"
_FIRST_AND_STEP = "SELECT LAST_INSERT_ID(), @@SESSION.auto_increment_increment"


def insert(store: Store, rows: Sequence[Row]) -> list[int]:
    """Writes jobs in one statement; gives their ids, in the order of the rows."""
    parameters = flattened([row.parameters(store.vendor) for row in rows])
    values = ", ".join([_VALUES] * len(rows))
    if not store.vendor.tells_ids:
        store.change(_INSERT, parameters, columns=Row.COLUMNS, values=values)
        return _ids_in_a_row(store, len(rows))
    inserted = store.rows(_INSERT_AND_TELL, parameters, columns=Row.COLUMNS, values=values)
    # Engines number the rows in the order in which they are written, but may tell them in another.
    return sorted(id for (id,) in inserted)


def _ids_in_a_row(store: Store, count: int) -> list[int]:
    # MySQL tells the first id; the others of the same statement follow in its steps, which
    # are longer than 1 where several servers accept writes.
    [(first, step)] = store.rows(_FIRST_AND_STEP)
    return [first + step * place for place in range(count)]
