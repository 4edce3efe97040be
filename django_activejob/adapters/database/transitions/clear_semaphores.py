"""semaphores → gone: nobody holds a permit of their keys, and nobody waits for one."""

from __future__ import annotations

from django_activejob.adapters.database.store import Store

UNUSED_FOR = 3_600.0  # seconds
CLEARED_AT_ONCE = 1_000

_OLD = """
    SELECT limit_key FROM django_activejob_semaphore
    WHERE used_at < {later}
      AND NOT EXISTS (
          SELECT 1 FROM django_activejob_job AS job
          WHERE job.limit_key = django_activejob_semaphore.limit_key AND job.state = 'blocked'
      )
      AND NOT EXISTS (
          SELECT 1 FROM django_activejob_job AS job
          WHERE job.limit_key = django_activejob_semaphore.limit_key
            AND job.limit_key > '' AND job.state IN ('ready', 'running')
      )
    ORDER BY limit_key LIMIT %s
"""
# Looked at again: the key may have been used in between.
_CLEAR = """
    DELETE FROM django_activejob_semaphore WHERE limit_key {among} AND used_at < {later}
"""


def clear_semaphores(store: Store) -> int:
    """Drops some of the semaphores that nobody needs; says how many.

    Where one is needed after all, the next admission makes it anew.
    """
    keys = [key for (key,) in store.run(lambda: store.rows(_OLD, (-UNUSED_FOR, CLEARED_AT_ONCE)))]
    if not keys:
        return 0
    return store.run(lambda: store.change(_CLEAR, (keys, -UNUSED_FOR)))
