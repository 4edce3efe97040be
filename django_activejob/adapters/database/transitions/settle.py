"""running → wherever its execution leads: many claims come to their ends, all or none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial

from django_activejob.adapters.database.admission import admit_next
from django_activejob.adapters.database.attempts import remember
from django_activejob.adapters.database.ends import End, attempt_of, end_of
from django_activejob.adapters.database.fence import Hold, still_held
from django_activejob.adapters.database.listening import notify_after_all
from django_activejob.adapters.database.starts import give_back, starts_to_give_back
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions.fail import fail
from django_activejob.adapters.database.transitions.finish import finish
from django_activejob.adapters.database.transitions.release import release
from django_activejob.adapters.database.transitions.retry import retry
from django_activejob.adapters.database.unique import free_ended
from django_activejob.contracts import Outcome, Settlement


def settle(store: Store, process_id: str, settlements: Sequence[Settlement]) -> list[str]:
    """Writes the ends of claims in one transaction; gives the tokens that are no longer ours.

    Jobs that merely finish, or are merely released, take one statement. All others are first
    locked, in the order of their ids, and then written one by one. What another process has
    settled meanwhile is left as it is; to settle twice is therefore safe.

    Raises:
        AdapterUnavailable: nothing was written, or nobody knows.
    """
    ends = sorted(filter(None, map(end_of, settlements)), key=lambda end: end.hold)
    tokens = [settlement.claim.token for settlement in settlements]
    starts = starts_to_give_back(store, ends)
    settled = _settle_ends(store, process_id, ends)
    give_back(store, [start for token, start in starts.items() if token in settled])
    admit_next(store, _freed_keys(end for end in ends if end.hold.token in settled))
    if any(end.retries_at_once for end in ends):
        notify_after_all(store)
    return [token for token in tokens if token not in settled]


def _freed_keys(ends: Iterable[End]) -> list[str]:
    return [end.freed_key for end in ends if end.freed_key]


def _settle_ends(store: Store, process_id: str, ends: Sequence[End]) -> Collection[str]:
    holds = [end.hold for end in ends]
    if all(end.merely_finishes for end in ends):
        ids = _each(finish, store, process_id, holds)
    elif all(end.execution is None for end in ends):
        ids = _each(release, store, process_id, holds)
    else:
        ids = store.atomically(partial(_settle_mixed, store, process_id, ends))
    return {hold.token for hold in holds if hold.id in ids}


def _settle_mixed(store: Store, process_id: str, ends: Sequence[End]) -> set[int]:
    ours = still_held(process_id, [end.hold for end in ends])
    held = {id for (id,) in store.rows(ours.sql, ours.parameters)}
    kept = [end for end in ends if end.hold.id in held]
    _each(finish, store, process_id, [end.hold for end in kept if end.finishes])
    _each(release, store, process_id, [end.hold for end in kept if end.execution is None])
    for end in kept:
        _fail_or_retry(store, end)
    free_ended(store, [end.claim.envelope for end in kept if end.is_final])
    remember(store, [a for end in kept if (a := attempt_of(end, process_id)) is not None])
    return held


def _each(
    transition: Callable[[Store, str, Sequence[Hold]], set[int]],
    store: Store,
    process_id: str,
    holds: Sequence[Hold],
) -> set[int]:
    return transition(store, process_id, holds) if holds else set()


def _fail_or_retry(store: Store, end: End) -> None:
    if end.row is not None:
        retry(store, end.hold.id, end.row, error_class=end.error.class_name)
    elif end.outcome is Outcome.FAILED:
        fail(store, end.hold.id, end.error)
