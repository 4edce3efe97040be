"""Writing new jobs, and learning their ids."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django_activejob.adapters.database.listening import NOTIFYING
from django_activejob.adapters.database.parameters import flattened, tuples
from django_activejob.adapters.database.rows import Row
from django_activejob.adapters.database.state import State
from django_activejob.adapters.database.store import Store

_INSERT = """
    INSERT INTO django_activejob_job
        ({columns}, crashes, process_id, claim_number, error_class, enqueued_at)
    {source}
"""
_INSERT_AND_TELL = f"{_INSERT} RETURNING id"
# In the same statement, so it is heard when the jobs are there.
_INSERT_AND_NOTIFY = """
    WITH inserted AS ({insert_and_tell}) SELECT id, {notifying} FROM inserted
""".replace("{insert_and_tell}", _INSERT_AND_TELL).replace("{notifying}", NOTIFYING)
_VALUES = f"({tuples(1, width=Row.WIDTH)[1:-1]}, 0, '', 0, '', {{now}})"
# One parameter, however many jobs: to quote ten values of each takes longer than all the rest.
_RECORDS = """
    SELECT {columns}, 0, '', 0, '', {now} FROM json_to_recordset(%s) AS record (
        queue text, priority integer, state text, job_id text, job_class text, payload text,
        routing text, limit_key text, scheduled_at timestamptz, executions integer
    )
""".replace("{columns}", Row.COLUMNS)
_NAMES = Row.COLUMNS.split(", ")
_FIRST_AND_STEP = "SELECT LAST_INSERT_ID(), @@SESSION.auto_increment_increment"


def insert(store: Store, rows: Sequence[Row]) -> list[int]:
    """Writes jobs in one statement; gives their ids, in the order of the rows."""
    source, parameters = _source_of(store, rows)
    fragments = {"columns": Row.COLUMNS, "source": source}
    if not store.vendor.tells_ids:
        store.change(_INSERT, parameters, **fragments)
        return _ids_in_a_row(store, len(rows))
    is_any_ready = any(row.state is State.READY for row in rows)
    statement = _INSERT_AND_NOTIFY if store.notifies and is_any_ready else _INSERT_AND_TELL
    inserted = store.rows(statement, parameters, **fragments)
    # Engines number the rows in the order in which they are written, but may tell them in another.
    return sorted(id for id, *_ in inserted)


def _source_of(store: Store, rows: Sequence[Row]) -> tuple[str, list[Any]]:
    values = [row.parameters(store.vendor) for row in rows]
    if len(rows) == 1 or not store.vendor.reads_records:
        return f"VALUES {', '.join([_VALUES] * len(rows))}", flattened(values)
    records = [dict(zip(_NAMES, each, strict=True)) for each in values]
    return _RECORDS, [json.dumps(records, default=str)]


def _ids_in_a_row(store: Store, count: int) -> list[int]:
    # MySQL tells the first id; the others of the same statement follow in its steps, which
    # are longer than 1 where several servers accept writes.
    [(first, step)] = store.rows(_FIRST_AND_STEP)
    return [first + step * place for place in range(count)]
