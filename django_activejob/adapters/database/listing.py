"""Lists of jobs, page by page: each page starts behind the last job of the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django_activejob.adapters.database import cursors
from django_activejob.adapters.database.filters import (
    Condition,
    Wanted,
    among,
    in_arguments,
    named,
    wanted_by,
)
from django_activejob.adapters.database.records import LISTED_COLUMNS, listed
from django_activejob.adapters.database.store import Record, Store
from django_activejob.contracts import Count, JobQuery, JobRecord, Page, Status

LOOKED_AT: Final = 5_000
"""In so many jobs of a list, from its beginning or from a cursor on, rare things are looked for."""

MOST_NAMED: Final = 10  # jobs with one job id

_LOOKED_AT = """
    SELECT * FROM django_activejob_job WHERE {where} ORDER BY {order} LIMIT {looked_at}
"""
_LIST = """
    SELECT {columns} FROM django_activejob_job WHERE {where} ORDER BY {order} LIMIT %s
"""
_LIST_RARE = f"""
    SELECT {{columns}} FROM ({_LOOKED_AT}) AS looked_at
    WHERE {{rare}} ORDER BY {{order}} LIMIT %s
"""  # noqa: S608 - pieces of our own
_LAST_LOOKED_AT = """
    SELECT {column}, id FROM django_activejob_job
    WHERE {where} ORDER BY {order} LIMIT 1 OFFSET %s
"""
_COUNT = """
    SELECT COUNT(*) FROM (
        SELECT 1 FROM django_activejob_job WHERE {where} LIMIT %s
    ) AS counted
"""
_COUNT_RARE = f"""
    SELECT COUNT(*), SUM(CASE WHEN {{rare}} THEN 1 ELSE 0 END) FROM ({_LOOKED_AT}) AS looked_at
"""  # noqa: S608 - pieces of our own


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How a list is sorted: by a column, then by id."""

    column: str
    descending: bool = False

    @property
    def sql(self) -> str:
        """The ORDER BY."""
        way = "DESC" if self.descending else "ASC"
        return f"{self.column} {way}, id {way}"

    @property
    def beyond(self) -> str:
        """The condition of what comes behind a place."""
        return f"({self.column}, id) {'<' if self.descending else '>'} (%s, %s)"

    def key_of(self, job: JobRecord) -> datetime | int:
        """What a job is sorted by."""
        key: datetime | int = int(job.id) if self.column == "id" else getattr(job, self.column)
        return key


# What waits stands in the order in which it will run; all else shows first what changed last.
_ORDERS: dict[Status, Order] = {
    "ready": Order(column="priority"),
    "blocked": Order(column="priority"),
    "scheduled": Order(column="scheduled_at"),
    "retrying": Order(column="scheduled_at"),
    "running": Order(column="claimed_at", descending=True),
    "failed": Order(column="failed_at", descending=True),
    "finished": Order(column="finished_at", descending=True),
}
_NEWEST_FIRST = Order(column="id", descending=True)


def page(store: Store, query: JobQuery, *, cursor: str | None, limit: int) -> Page:
    """A page of jobs; a cursor that is none of ours gives the first.

    A search shows the job that it is the id of before those with the text in their arguments.
    """
    place = cursors.read(cursor) if cursor else None
    wanted, order = wanted_by(store, query), _order_of(query)
    first: Sequence[JobRecord] = ()
    if query.search:
        first = _named(store, wanted.whole, query.search)
        wanted = _searched(wanted, query.search, besides=[int(job.id) for job in first])
    if place is not None:
        first, wanted = (), replace(wanted, walked=wanted.walked.also(_behind(place, order, store)))
    found = store.run(lambda: _page(store, wanted, order, limit))
    return replace(found, jobs=[*first, *found.jobs])


def number_of(store: Store, query: JobQuery, *, cap: int) -> Count:
    """How many jobs there are, at least; rare ones among the first some thousand of their list."""
    wanted = wanted_by(store, query)
    if not query.search:
        return _counted(store, wanted, _order_of(query), cap)
    ids = [int(job.id) for job in _named(store, wanted.whole, query.search)]
    found = _counted(store, _searched(wanted, query.search, besides=ids), _order_of(query), cap)
    return replace(found, number=min(cap, found.number + len(ids)))


def ids_found(store: Store, query: JobQuery, *, limit: int) -> list[int]:
    """The jobs that a search finds in the first of its list, and the one that it is the id of."""
    wanted, order = wanted_by(store, query), _order_of(query)
    first = [int(job.id) for job in _named(store, wanted.whole, query.search or "")]
    searched = _searched(wanted, query.search or "", besides=first)
    rows = store.run(lambda: _rows(store, searched, order, limit, columns="id"))
    return [*first, *(id for (id,) in rows)][:limit]


def _order_of(query: JobQuery) -> Order:
    return _ORDERS.get(query.status, _NEWEST_FIRST) if query.status else _NEWEST_FIRST


def _searched(wanted: Wanted, search: str, *, besides: Sequence[int]) -> Wanted:
    rare = in_arguments(search)
    if besides:
        other = among(besides)
        rare = rare.also(replace(other, sql=f"NOT ({other.sql})"))
    return replace(wanted, rare=rare if wanted.rare is None else wanted.rare.also(rare))


def _named(store: Store, whole: Condition, search: str) -> Sequence[JobRecord]:
    name = named(search)
    if name is None:
        return ()
    wanted = Wanted(walked=name.also(whole), rare=None)
    return store.run(lambda: _page(store, wanted, _NEWEST_FIRST, MOST_NAMED)).jobs


def _behind(place: tuple[datetime | int, int], order: Order, store: Store) -> Condition:
    key, id = place
    told = store.vendor.write_time(key) if isinstance(key, datetime) else key
    return Condition(sql=order.beyond, parameters=(told, id))


def _page(store: Store, wanted: Wanted, order: Order, limit: int) -> Page:
    # One more than is shown tells whether there is a next page.
    rows = _rows(store, wanted, order, limit + 1, columns=LISTED_COLUMNS)
    jobs = listed(store, rows[:limit])
    if len(rows) > limit and jobs:
        last = jobs[-1]
        return Page(jobs=jobs, next_cursor=cursors.written(order.key_of(last), int(last.id)))
    if wanted.rare is None:
        return Page(jobs=jobs)
    end = _end_of_look(store, wanted.walked, order)
    return Page(jobs=jobs, next_cursor=end, searched=LOOKED_AT if end else None)


def _rows(store: Store, wanted: Wanted, order: Order, limit: int, *, columns: str) -> list[Record]:
    pieces = {"columns": columns, "where": wanted.walked.sql, "order": order.sql}
    if wanted.rare is None:
        return store.rows(_LIST, (*wanted.walked.parameters, limit), **pieces)
    parameters = (*wanted.walked.parameters, *wanted.rare.parameters, limit)
    return store.rows(
        _LIST_RARE, parameters, rare=wanted.rare.sql, looked_at=str(LOOKED_AT), **pieces
    )


def _end_of_look(store: Store, walked: Condition, order: Order) -> str | None:
    """The place of the last job that was looked at; None when there were no more."""
    rows = store.rows(
        _LAST_LOOKED_AT,
        (*walked.parameters, LOOKED_AT - 1),
        column=order.column,
        where=walked.sql,
        order=order.sql,
    )
    if not rows:
        return None
    [(key, id)] = rows
    if not isinstance(key, int):
        key = store.vendor.read_time(key)
    return cursors.written(key, id)


def _counted(store: Store, wanted: Wanted, order: Order, cap: int) -> Count:
    walked = wanted.walked
    if wanted.rare is None:
        [(number,)] = store.run(
            lambda: store.rows(_COUNT, (*walked.parameters, cap + 1), where=walked.sql)
        )
        return Count(number=min(number, cap), capped=number > cap)
    pieces = {"where": walked.sql, "order": order.sql, "rare": wanted.rare.sql}
    parameters = (*wanted.rare.parameters, *walked.parameters)
    [(looked_at, number)] = store.run(
        lambda: store.rows(_COUNT_RARE, parameters, looked_at=str(LOOKED_AT), **pieces)
    )
    return Count(number=min(int(number or 0), cap), capped=looked_at >= LOOKED_AT)
