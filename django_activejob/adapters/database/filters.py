"""What people ask for, as conditions on the table of jobs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django_activejob.adapters.database.text import is_storable
from django_activejob.contracts import JobQuery, Status

SEARCHED_JOBS = 5_000  # the newest; older arguments are not searched
GREATEST_ID = 2**63 - 1

STATUS_CONDITIONS: dict[Status, str] = {
    "scheduled": "state = 'scheduled' AND executions = 0",
    "retrying": "state = 'scheduled' AND executions > 0",
    "ready": "state = 'ready'",
    "blocked": "state = 'blocked'",
    "running": "state = 'running'",
    "failed": "state = 'failed'",
    "finished": "state = 'finished'",
}

_NONE = "1 = 0"
# A table of its own: MySQL would look for a mere list anew for every job.
_SEARCH = """
    id IN (
        SELECT id FROM (
            SELECT id FROM django_activejob_job WHERE job_id = %s
            UNION SELECT id FROM django_activejob_job WHERE id = %s
            UNION SELECT id FROM (
                SELECT id, payload FROM django_activejob_job
                WHERE {where} ORDER BY id DESC LIMIT %s
            ) AS newest WHERE {contains}
        ) AS found
    )
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A piece of a WHERE, with its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()

    def also(self, other: Condition) -> Condition:
        """Both conditions at once."""
        return Condition(
            sql=f"{self.sql} AND {other.sql}", parameters=(*self.parameters, *other.parameters)
        )


def condition_of(query: JobQuery) -> Condition:
    """Which jobs a query means."""
    found = Condition(sql="1 = 1")
    for condition in _plain_conditions(query):
        found = found.also(condition)
    return found.also(_matching(query.search, among=found)) if query.search else found


def row_ids(ids: Sequence[str]) -> list[int]:
    """The ids that can be ours, as numbers."""
    return [int(id) for id in ids if _is_row_id(id)]


def among(ids: Sequence[int]) -> Condition:
    """One of these rows."""
    return Condition(sql="id {among}", parameters=(list(ids),))


def _plain_conditions(query: JobQuery) -> Iterator[Condition]:
    if query.status is not None:
        yield Condition(sql=STATUS_CONDITIONS[query.status])
    if query.queue is not None:
        yield _is("queue = %s", query.queue)
    if query.job_class is not None:
        yield _is("job_class = %s", query.job_class)
    if query.ids:
        ids = row_ids(query.ids)
        yield among(ids) if ids else Condition(sql=_NONE)


def _is(sql: str, text: str) -> Condition:
    # PostgreSQL cannot even be asked for a text with a NUL in it.
    return Condition(sql=sql, parameters=(text,)) if is_storable(text) else Condition(sql=_NONE)


def _matching(search: str, *, among: Condition) -> Condition:
    """A job id, an id of ours, or a part of the arguments of one of the newest jobs."""
    text = search.strip()
    written = json.dumps(text)[1:-1]
    job_id = text.lower() if is_storable(text) else ""
    row_id = int(text) if _is_row_id(text) else 0
    return Condition(
        sql=_SEARCH.replace("{where}", among.sql),
        parameters=(job_id, row_id, *among.parameters, SEARCHED_JOBS, written),
    )


def _is_row_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 19 and int(text) <= GREATEST_ID
