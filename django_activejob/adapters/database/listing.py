"""Lists of jobs, page by page: each page starts behind the last job of the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django_activejob.adapters.database import cursors
from django_activejob.adapters.database.filters import Condition, condition_of
from django_activejob.adapters.database.records import LISTED_COLUMNS, listed
from django_activejob.adapters.database.store import Store
from django_activejob.contracts import JobQuery, JobRecord, Page, Status

_LIST = """
    SELECT {columns} FROM django_activejob_job WHERE {where} ORDER BY {order} LIMIT %s
"""


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
    """A page of jobs; a cursor that is none of ours gives the first."""
    order = _ORDERS.get(query.status, _NEWEST_FIRST) if query.status else _NEWEST_FIRST
    wanted = condition_of(query)
    place = cursors.read(cursor) if cursor else None
    if place is not None:
        wanted = wanted.also(_behind(place, order, store))
    return store.run(lambda: _page(store, wanted, order, limit))


def _behind(place: tuple[datetime | int, int], order: Order, store: Store) -> Condition:
    key, id = place
    told = store.vendor.write_time(key) if isinstance(key, datetime) else key
    return Condition(sql=order.beyond, parameters=(told, id))


def _page(store: Store, wanted: Condition, order: Order, limit: int) -> Page:
    # One more than is shown tells whether there is a next page.
    rows = store.rows(
        _LIST,
        (*wanted.parameters, limit + 1),
        columns=LISTED_COLUMNS,
        where=wanted.sql,
        order=order.sql,
    )
    jobs = listed(store, rows[:limit])
    if len(rows) <= limit or not jobs:
        return Page(jobs=jobs)
    last = jobs[-1]
    return Page(jobs=jobs, next_cursor=cursors.written(order.key_of(last), int(last.id)))
