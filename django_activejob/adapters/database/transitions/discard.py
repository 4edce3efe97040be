"""any state but running → gone: jobs are dropped for good."""

from __future__ import annotations

from functools import partial

from django_activejob.adapters.database.admission import admit_next, limit_keys_of
from django_activejob.adapters.database.changing import Choice
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.unique import free_dropped

_ATTEMPTS = "DELETE FROM django_activejob_attempt WHERE job_id {among}"
_JOBS = "DELETE FROM django_activejob_job WHERE id {among}"


def discard(store: Store, choice: Choice) -> int:
    """Drops the jobs of a choice, which locks them, with their attempts; says how many.

    The permits and the locks that they held are free.
    """
    return store.atomically(partial(_discard, store, choice))


def _discard(store: Store, choice: Choice) -> int:
    ids = [id for (id,) in store.rows(choice.sql, choice.parameters)]
    if ids:
        admit_next(store, limit_keys_of(store, ids))
        free_dropped(store, ids)
        store.change(_ATTEMPTS, (ids,))
        store.change(_JOBS, (ids,))
    return len(ids)
