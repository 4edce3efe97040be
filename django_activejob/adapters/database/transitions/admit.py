"""blocked → ready: jobs get the permits that are free."""

from __future__ import annotations

from functools import partial

from django_activejob.adapters.database import routing
from django_activejob.adapters.database.changing import Change, Choice, change
from django_activejob.adapters.database.listening import notify
from django_activejob.adapters.database.store import Store
from django_activejob.contracts import Limit

# A write, not FOR UPDATE: of two transactions that see the store as it was when they began,
# the second then fails, and is tried again, where it would count wrongly.
_LOCK_AND_SAY = """
    {briefly} INSERT INTO django_activejob_semaphore (limit_key, limit_to, duration, used_at)
    VALUES (%s, %s, %s, {now})
    {or_change} limit_to = %s, duration = %s, used_at = {now}
"""
_LOCK = "{briefly} UPDATE django_activejob_semaphore SET used_at = {now} WHERE limit_key = %s"
_ROOM = """
    SELECT limit_to - (
        SELECT COUNT(*) FROM (
            SELECT id FROM django_activejob_job
            WHERE limit_key = %s AND limit_key > '' AND state IN ('ready', 'running')
              AND (state = 'ready' OR claimed_at > {later})
            LIMIT %s
        ) AS holding
    )
    FROM django_activejob_semaphore WHERE limit_key = %s
"""
_SAID = "SELECT limit_to, duration FROM django_activejob_semaphore WHERE limit_key = %s"
_FIRST_ROUTING = """
    SELECT routing FROM django_activejob_job
    WHERE state = 'blocked' AND limit_key = %s ORDER BY priority, id LIMIT 1
"""
_FIRST = """
    SELECT id FROM django_activejob_job {by_blocked}
    WHERE state = 'blocked' AND limit_key = %s ORDER BY priority, id LIMIT %s {skip}
"""


def admit(store: Store, key: str, *, said: Limit | None = None) -> int:
    """Gives the free permits of a key to the jobs that wait first; says how many.

    Locks the key's semaphore, then the jobs that it makes ready, in a transaction of its own:
    whoever comes second counts what the first has done. A permit is a state: ready and running
    jobs hold one, except those that have run for longer than the key's duration. So none can
    leak, and none can be given back twice.

    Args:
        said: the limit as a class declares it now; None keeps what was last declared.
    """
    return store.atomically(partial(_admit, store, key, said))


def _admit(store: Store, key: str, said: Limit | None) -> int:
    _lock(store, key, said)
    limits = store.rows(_SAID, (key,))
    if not limits:
        return 0
    [(to, duration)] = limits
    [(room,)] = store.rows(_ROOM, (key, -duration, to, key))
    if room <= 0:
        return 0
    first = Choice(sql=_FIRST, parameters=(key, room), in_order=True)
    admitted = len(change(store, first, Change(sql="state = 'ready'")))
    if admitted:
        notify(store)
    return admitted


def _lock(store: Store, key: str, said: Limit | None) -> None:
    if said is None and store.change(_LOCK, (key,)):
        return
    limit = said or _limit_of_first(store, key)
    if limit is not None:
        facts = (limit.to, limit.duration)
        store.change(_LOCK_AND_SAY, (key, *facts, *facts))


def _limit_of_first(store: Store, key: str) -> Limit | None:
    for (routed,) in store.rows(_FIRST_ROUTING, (key,)):
        try:
            limit: Limit | None = routing.read(routed).get("limit")
        except (ValueError, TypeError, KeyError, RecursionError):
            # A job that cannot be read runs alone, and then fails with the reason.
            limit = None
        return limit or Limit(key=key, to=1, duration=1.0)
    return None
