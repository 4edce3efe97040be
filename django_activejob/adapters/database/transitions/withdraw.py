"""running → running, without a permit: somebody does not wait for a job that hangs."""

from __future__ import annotations

from functools import partial

from django_activejob.adapters.database.admission import admit_next
from django_activejob.adapters.database.changing import Change, Choice, change
from django_activejob.adapters.database.filters import row_ids
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.text import is_storable
from django_activejob.contracts import Repaired

_WITHOUT = Change(sql="limit_key = ''")
_RUNNING = """
    SELECT id FROM django_activejob_job
    WHERE limit_key = %s AND limit_key > '' AND state = 'running' {chosen} ORDER BY id {lock}
"""


def withdraw(store: Store, key: str, *, holder: str | None) -> Repaired:
    """Takes the permits of a key away from its running jobs, or from one of them.

    Locks those jobs; the permits go to jobs that wait once that is committed. A job that
    ends in the meantime gives its permit back by itself. A retry of it counts like any job.
    """
    if not key or not is_storable(key):
        return Repaired(done=0)
    wanted = None if holder is None else row_ids([holder])
    if wanted == []:
        return Repaired(done=0, skipped=1)
    done = store.atomically(partial(_withdraw, store, key, wanted))
    return Repaired(done=done, skipped=0 if wanted is None or done else 1)


def _withdraw(store: Store, key: str, wanted: list[int] | None) -> int:
    chosen = "AND id {among}" if wanted is not None else ""
    parameters = (key, wanted) if wanted is not None else (key,)
    choice = Choice(sql=_RUNNING.replace("{chosen}", chosen), parameters=parameters)
    done = len(change(store, choice, _WITHOUT))
    admit_next(store, [key])
    return done
