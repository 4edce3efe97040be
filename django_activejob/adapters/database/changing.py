"""Choosing rows, locking them and changing them: in one statement where the engine can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django_activejob.adapters.database.store import Record, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A SELECT of ids that locks what it chooses, with its parameters.

    ``in_order``: it takes the first of many, in an order that only an index can give quickly.
    """

    sql: str
    parameters: Sequence[Any] = ()
    in_order: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The SET part of an UPDATE, with its parameters."""

    sql: str
    parameters: Sequence[Any] = ()


# MATERIALIZED: the choice is made once, and so never locks more rows than its LIMIT.
_AT_ONCE = """
    WITH chosen AS MATERIALIZED ({choice})
    UPDATE django_activejob_job SET {change}
    WHERE id IN (SELECT id FROM chosen)
    RETURNING {columns}
"""
_UPDATE = "UPDATE django_activejob_job SET {change} WHERE id {among}"
_SELECT = "SELECT {columns} FROM django_activejob_job WHERE id {among}"


def change(store: Store, choice: Choice, to: Change, *, columns: str = "id") -> list[Record]:
    """Changes the jobs of a choice; gives their columns, as they are now, in no order."""
    if not store.vendor.returning:
        return store.atomically(lambda: _change_in_steps(store, choice, to, columns))
    parameters = (*choice.parameters, *to.parameters)
    rows = store.rows_in_order if choice.in_order else store.rows
    return store.run(
        lambda: rows(_AT_ONCE, parameters, choice=choice.sql, change=to.sql, columns=columns)
    )


def _change_in_steps(store: Store, choice: Choice, to: Change, columns: str) -> list[Record]:
    ids = [id for (id,) in store.rows(choice.sql, choice.parameters)]
    if not ids:
        return []
    store.change(_UPDATE, (*to.parameters, ids), change=to.sql)
    if columns == "id":
        return [(id,) for id in ids]
    return store.rows(_SELECT, (ids,), columns=columns)
