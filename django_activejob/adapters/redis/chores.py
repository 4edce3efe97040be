"""The upkeep of the store."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django_activejob.adapters.redis.store import Store
from django_activejob.adapters.redis.transitions.dispatch import Dispatching
from django_activejob.adapters.redis.transitions.unblock import unblock
from django_activejob.contracts import Chore

DISPATCH_EVERY = 0.1  # seconds
UNBLOCK_EVERY = 5.0  # seconds


def chores(store: Store) -> Sequence[Chore]:
    """Due jobs become ready, and free permits are given; locks expire by themselves."""
    dispatching = Dispatching(store)
    return (
        Chore(
            name="dispatch",
            every=DISPATCH_EVERY,
            run=dispatching.run,
            due_in=dispatching.due_in,
        ),
        Chore(name="unblock", every=UNBLOCK_EVERY, run=partial(unblock, store)),
    )
