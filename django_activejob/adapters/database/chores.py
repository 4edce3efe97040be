"""The upkeep of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions.clear_finished import clear_finished
from django_activejob.adapters.database.transitions.clear_ticks import clear_ticks
from django_activejob.adapters.database.transitions.dispatch import dispatch
from django_activejob.contracts import Chore

DISPATCH_EVERY = 0.1  # seconds
CLEAR_EVERY = 60.0  # seconds


def chores(store: Store, *, keep_finished: float | None, keep_ticks: float) -> Sequence[Chore]:
    """Due jobs become ready; finished ones are dropped when they have been kept long enough.

    Args:
        keep_finished: seconds; None means for ever.
        keep_ticks: seconds, of the ticks of recurring tasks.
    """
    dispatching = Chore(name="dispatch", every=DISPATCH_EVERY, run=partial(dispatch, store))
    forgetting = partial(clear_ticks, store, keep=keep_ticks)
    always = (dispatching, Chore(name="clear_ticks", every=CLEAR_EVERY, run=forgetting))
    if keep_finished is None:
        return always
    clearing = partial(clear_finished, store, keep=keep_finished)
    return (*always, Chore(name="clear_finished", every=CLEAR_EVERY, run=clearing))
