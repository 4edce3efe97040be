"""running → ready: jobs are given back as they were."""

from __future__ import annotations

from collections.abc import Sequence

from django_activejob.adapters.database.changing import Change, change
from django_activejob.adapters.database.fence import Hold, still_held_to_run_on
from django_activejob.adapters.database.listening import NOTIFYING
from django_activejob.adapters.database.store import Store

RELEASED = "state = 'ready', process_id = '', claimed_at = NULL"


def release(store: Store, process_id: str, holds: Sequence[Hold]) -> set[int]:
    """Gives those jobs back that the process still holds; gives their row ids.

    Not those that an operator has cancelled: for them there are other ends.
    Priority and id stay, and with them their place in the queue.
    """
    columns = f"id, {NOTIFYING}" if store.notifies else "id"
    ours = still_held_to_run_on(process_id, holds)
    return {id for id, *_ in change(store, ours, Change(sql=RELEASED), columns=columns)}
