"""The upkeep of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions.clear_finished import clear_finished
from django_activejob.adapters.database.transitions.clear_locks import clear_locks
from django_activejob.adapters.database.transitions.clear_semaphores import clear_semaphores
from django_activejob.adapters.database.transitions.clear_tallies import clear_tallies
from django_activejob.adapters.database.transitions.clear_throttles import clear_throttles
from django_activejob.adapters.database.transitions.clear_ticks import clear_ticks
from django_activejob.adapters.database.transitions.dispatch import Dispatching
from django_activejob.adapters.database.transitions.open_due_gates import open_due_gates
from django_activejob.adapters.database.transitions.unblock import unblock
from django_activejob.contracts import Chore

DISPATCH_EVERY = 0.2  # seconds
OPEN_GATES_EVERY = 0.2  # seconds
UNBLOCK_EVERY = 5.0  # seconds
CLEAR_EVERY = 60.0  # seconds
CLEAR_TALLIES_EVERY = 300.0  # seconds
CLEAR_KEYS_EVERY = 600.0  # seconds


def chores(store: Store, *, keep_finished: float | None, keep_ticks: float) -> Sequence[Chore]:
    """Due jobs become ready, free permits are given, and what is done with is dropped.

    Args:
        keep_finished: seconds for which finished jobs are kept; None means for ever.
        keep_ticks: seconds, of the ticks of recurring tasks.
    """
    forgetting = partial(clear_ticks, store, keep=keep_ticks)
    clearing = partial(clear_semaphores, store)
    dispatching = Dispatching(store)
    found = [
        Chore(
            name="dispatch",
            every=DISPATCH_EVERY,
            run=dispatching.run,
            due_in=dispatching.due_in,
        ),
        Chore(name="open_gates", every=OPEN_GATES_EVERY, run=partial(open_due_gates, store)),
        Chore(name="unblock", every=UNBLOCK_EVERY, run=partial(unblock, store)),
        Chore(name="clear_locks", every=CLEAR_EVERY, run=partial(clear_locks, store)),
        Chore(name="clear_semaphores", every=CLEAR_KEYS_EVERY, run=clearing),
        Chore(name="clear_throttles", every=CLEAR_KEYS_EVERY, run=partial(clear_throttles, store)),
        Chore(name="clear_ticks", every=CLEAR_EVERY, run=forgetting),
        Chore(name="clear_tallies", every=CLEAR_TALLIES_EVERY, run=partial(clear_tallies, store)),
    ]
    if keep_finished is not None:
        clearing = partial(clear_finished, store, keep=keep_finished)
        found.append(Chore(name="clear_finished", every=CLEAR_EVERY, run=clearing))
    return found
