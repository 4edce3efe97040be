"""running → wherever its execution leads: many claims come to their ends, all or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django_activejob.adapters.database.admission import admit_next
from django_activejob.adapters.database.attempts import remember
from django_activejob.adapters.database.ends import End, attempt_of, end_of, is_plain
from django_activejob.adapters.database.fence import Hold, hold_of, still_held_and_asked
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
    settled meanwhile is left as it is; to settle twice is therefore safe. A job that an operator
    has cancelled does not run again: where its end says that it should, it is discarded.

    Raises:
        AdapterUnavailable: nothing was written, or nobody knows.
    """
    tokens = [settlement.claim.token for settlement in settlements]
    if all(map(is_plain, settlements)):
        return _finish_plain(store, process_id, tokens)
    ends = sorted(filter(None, map(end_of, settlements)), key=lambda end: end.hold)
    starts = starts_to_give_back(store, ends)
    settled = _settle_ends(store, process_id, ends)
    ours = {end.hold.token for end in settled}
    give_back(store, [start for token, start in starts.items() if token in ours])
    admit_next(store, [end.freed_key for end in settled if end.freed_key])
    if any(end.retries_at_once for end in settled):
        notify_after_all(store)
    return [token for token in tokens if token not in ours]


def _finish_plain(store: Store, process_id: str, tokens: Sequence[str]) -> list[str]:
    holds = {token: hold for token in tokens if (hold := hold_of(token)) is not None}
    ids = _each(finish, store, process_id, sorted(holds.values()))
    return [token for token in tokens if token not in holds or holds[token].id not in ids]


def _settle_ends(store: Store, process_id: str, ends: Sequence[End]) -> list[End]:
    """Writes ends; gives those that were still ours, as they have come to be."""
    holds = [end.hold for end in ends]
    if all(end.merely_finishes for end in ends):
        ids = _each(finish, store, process_id, holds)
        return [end for end in ends if end.hold.id in ids]
    if all(end.execution is None for end in ends):
        return _release(store, process_id, ends)
    return store.atomically(partial(_settle_mixed, store, process_id, ends))


def _release(store: Store, process_id: str, ends: Sequence[End]) -> list[End]:
    ids = release(store, process_id, [end.hold for end in ends])
    others = [end for end in ends if end.hold.id not in ids]
    # They are no longer ours, or an operator has cancelled them.
    settled = store.atomically(partial(_settle_mixed, store, process_id, others)) if others else []
    return [end for end in ends if end.hold.id in ids] + settled


def _settle_mixed(store: Store, process_id: str, ends: Sequence[End]) -> list[End]:
    ours = still_held_and_asked(process_id, [end.hold for end in ends])
    asked_at: dict[int, Any] = dict(store.rows(ours.sql, ours.parameters))
    held = [end for end in ends if end.hold.id in asked_at]
    kept = [end.as_cancelled() if asked_at[end.hold.id] else end for end in held]
    _each(finish, store, process_id, [end.hold for end in kept if end.finishes])
    _each(release, store, process_id, [end.hold for end in kept if end.execution is None])
    for end in kept:
        _fail_or_retry(store, end)
    free_ended(store, [end.claim.envelope for end in kept if end.is_final])
    remember(store, [a for end in kept if (a := attempt_of(end, process_id)) is not None])
    return kept


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
