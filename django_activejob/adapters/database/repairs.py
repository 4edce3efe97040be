"""Changing, in bounded pieces, many jobs that people have chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django_activejob.adapters.database.changing import Choice
from django_activejob.adapters.database.filters import Condition, among, wanted_by
from django_activejob.adapters.database.listing import ids_found
from django_activejob.adapters.database.store import Store
from django_activejob.contracts import JobQuery, Repaired

REPAIRED_AT_ONCE = 500

_CANDIDATES = "SELECT id FROM django_activejob_job WHERE {where} ORDER BY id LIMIT %s"
_LOCKED = "SELECT id FROM django_activejob_job WHERE {where} ORDER BY id {lock}"

Transition = Callable[[Store, Choice], int]


def repair(
    store: Store, query: JobQuery, transition: Transition, *, guard: str, limit: int
) -> Repaired:
    """Puts jobs through a transition, some hundred in each transaction, in the order of their ids.

    Args:
        guard: the condition under which the transition is right; looked at again under lock.
    """
    found = _candidates(store, _wanted(store, query, limit).also(Condition(sql=guard)), limit + 1)
    chosen = found[:limit]
    done = sum(
        transition(store, _locked(among(piece).also(Condition(sql=guard))))
        for piece in _pieces(chosen)
    )
    more = len(found) > limit
    asked = len(chosen) if more or not query.ids else len(set(query.ids))
    return Repaired(done=done, skipped=asked - done, more=more)


def _wanted(store: Store, query: JobQuery, limit: int) -> Condition:
    """The jobs of a query; a search means what it finds in the first of its list."""
    if query.search:
        return among(ids_found(store, query, limit=limit + 1))
    return wanted_by(store, query).whole


def _candidates(store: Store, condition: Condition, limit: int) -> list[int]:
    parameters = (*condition.parameters, limit)
    rows = store.run(lambda: store.rows(_CANDIDATES, parameters, where=condition.sql))
    return [id for (id,) in rows]


def _locked(condition: Condition) -> Choice:
    return Choice(sql=_LOCKED.replace("{where}", condition.sql), parameters=condition.parameters)


def _pieces(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), REPAIRED_AT_ONCE):
        yield ids[start : start + REPAIRED_AT_ONCE]
