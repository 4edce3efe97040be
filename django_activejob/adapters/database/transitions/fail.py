"""running → failed: a job ends with an error."""

from __future__ import annotations

from django_activejob.adapters.database.store import Store
from django_activejob.contracts import ErrorRecord

_FAIL = """
    UPDATE django_activejob_job
    SET state = 'failed', process_id = '', failed_at = {now}, executions = executions + 1,
        cancel_asked_at = NULL, error_class = %s
    WHERE id = %s
"""


def fail(store: Store, row_id: int, error: ErrorRecord) -> None:
    """Fails a job whose row the caller has locked."""
    store.change(_FAIL, (error.class_name, row_id))
