"""scheduled or blocked → ready: somebody will not wait."""

from __future__ import annotations

from django_activejob.adapters.database.changing import Change, Choice, change
from django_activejob.adapters.database.listening import notify_after_all
from django_activejob.adapters.database.store import Store

_READY = Change(sql="state = 'ready', scheduled_at = {now}")


def dispatch_now(store: Store, choice: Choice) -> int:
    """Makes the jobs of a choice ready, beyond their limits if need be; says how many."""
    count = len(change(store, choice, _READY))
    if count:
        notify_after_all(store)
    return count
