"""running → scheduled or ready: a job takes its own place again."""

from __future__ import annotations

from django_activejob.adapters.database.rows import Row
from django_activejob.adapters.database.store import Store

_RETRY = """
    UPDATE django_activejob_job
    SET {change},
        process_id = '', claimed_at = NULL, enqueued_at = {now}, error_class = %s
    WHERE id = %s
"""


def retry(store: Store, row_id: int, row: Row, *, error_class: str) -> None:
    """Puts a job back, under the same id, with the counters and the time of its retry.

    The caller has locked the row. The id keeps its place among jobs of its priority.
    """
    parameters = (*row.parameters(store.vendor), error_class, row_id)
    store.change(_RETRY, parameters, change=Row.ASSIGNMENTS)
