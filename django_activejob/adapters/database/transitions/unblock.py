"""blocked → ready: upkeep gives the permits that nobody gave in time."""

from __future__ import annotations

from django_activejob.adapters.database.admission import admit_at, awaited_keys
from django_activejob.adapters.database.store import Store


def unblock(store: Store) -> int:
    """Admits jobs of all keys that are waited for; says how many.

    It finds what a process left undone that died between a commit and the admission after
    it, and what waits for a job that has run for longer than its limit's duration.
    """
    return sum(admit_at(store, key) for key in awaited_keys(store))
