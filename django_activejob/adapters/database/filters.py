"""What people ask for, as conditions on the table of jobs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.text import is_storable
from django_activejob.contracts import JobQuery, Status

SEARCHED_CHARACTERS = 65_536  # of a payload; what stands behind them is not searched
MOST_TICKS = 1_000  # the newest of a recurring task, whose jobs are found by its key
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

_EQUALS: Final = ("queue", "job_class", "error_class", "limit_key")
_FEW: Final = frozenset({"ids", "process_id", "recurring_key"})
"""Who asks for these means so few jobs that nothing else need be walked."""

# The other fields that the index of a status's list leads with, or is sorted by.
_WALKED: Final[dict[Status | None, frozenset[str]]] = {
    None: frozenset({"job_class"}),
    "ready": frozenset({"queue"}),
    "blocked": frozenset({"limit_key"}),
    "scheduled": frozenset({"scheduled_at"}),
    "retrying": frozenset({"scheduled_at"}),
    "failed": frozenset({"failed_at"}),
    "finished": frozenset({"finished_at"}),
}
_NO_OTHER: Final[frozenset[str]] = frozenset()

_TICKS = """
    SELECT job_id FROM django_activejob_recurringtick
    WHERE task_key = %s AND job_id IS NOT NULL ORDER BY run_at DESC LIMIT %s
"""

# The JSON of the arguments alone, without the markers that only our own code reads: in a
# text of JSON a quotation mark is escaped, so that the key cannot stand in a value.
_TAIL = (
    f"substr(substr(payload, 1, {SEARCHED_CHARACTERS}),"
    f""" {{position}}(substr(payload, 1, {SEARCHED_CHARACTERS}), '"arguments":') + 12)"""
)
_END = f"""{{position}}({_TAIL}, '],"executions":')"""
_MARKERS: Final = (
    *("_aj_globalid", "_aj_serialized", "_aj_symbol_keys", "_aj_ruby2_keywords"),
    "_aj_hash_with_indifferent_access",
)
_ARGUMENTS = reduce(
    lambda text, marker: f"replace({text}, '{marker}', '')",
    _MARKERS,
    f"substr({_TAIL}, 1, CASE WHEN {_END} > 0 THEN {_END} ELSE {SEARCHED_CHARACTERS} END)",
)


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


ANY: Final = Condition(sql="1 = 1")
_NONE: Final = Condition(sql="1 = 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which jobs a query means: those that ``walked`` finds, and of them what is ``rare``.

    An index leads to the jobs of ``walked`` in the order of their list. ``rare``, None where
    nothing more is asked, has to be looked up job by job, and so only in some thousand.
    """

    walked: Condition
    rare: Condition | None

    @property
    def whole(self) -> Condition:
        """All that is asked, as one condition."""
        return self.walked if self.rare is None else self.walked.also(self.rare)


def wanted_by(store: Store, query: JobQuery) -> Wanted:
    """The jobs that a query means, but for its search."""
    few = any(getattr(query, name) for name in _FEW) or query.status == "running"
    walked = _WALKED.get(query.status, _NO_OTHER)
    sure, rare = ANY, None
    for name, condition in _conditions(store, query):
        if few or name == "status" or name in walked:
            sure = sure.also(condition)
        else:
            rare = condition if rare is None else rare.also(condition)
    return Wanted(walked=sure, rare=rare)


def in_arguments(search: str) -> Condition:
    """A part of the arguments, as their JSON writes it."""
    written = json.dumps(search.strip())[1:-1]
    return Condition(sql=f"{{position}}({_ARGUMENTS}, %s) > 0", parameters=(written,))


def row_ids(ids: Sequence[str]) -> list[int]:
    """The ids that can be ours, as numbers."""
    return [int(id) for id in ids if _is_row_id(id)]


def among(ids: Sequence[int]) -> Condition:
    """One of these rows."""
    return Condition(sql="id {among}", parameters=(list(ids),))


def named(text: str) -> Condition | None:
    """The job that a text is the id of, ours or its own; None for what can be no id."""
    text = text.strip()
    found = [among(row_ids([text]))] if _is_row_id(text) else []
    if is_storable(text) and 0 < len(text) <= 36:
        found.append(Condition(sql="job_id = %s", parameters=(text.lower(),)))
    if not found:
        return None
    return Condition(
        sql=f"({' OR '.join(each.sql for each in found)})",
        parameters=tuple(value for each in found for value in each.parameters),
    )


def _conditions(store: Store, query: JobQuery) -> Iterator[tuple[str, Condition]]:
    if query.status is not None:
        yield "status", Condition(sql=STATUS_CONDITIONS[query.status])
    if query.status == "ready" and query.queue is None:
        # What only the index of all ready jobs, in their order, asks for.
        yield "status", Condition(sql="id > 0")
    if query.ids:
        ids = row_ids(query.ids)
        yield "ids", among(ids) if ids else _NONE
    for name in _EQUALS:
        if getattr(query, name) is not None:
            yield name, _is(name, getattr(query, name))
    yield from _rarer_conditions(store, query)


def _rarer_conditions(store: Store, query: JobQuery) -> Iterator[tuple[str, Condition]]:
    if query.priority is not None:
        yield "priority", Condition(sql="priority = %s", parameters=(query.priority,))
    if query.process_id is not None:
        # Only a running job has one: said, so that the index of those serves.
        yield (
            "process_id",
            Condition(sql="state = 'running'").also(_is("process_id", query.process_id)),
        )
    if query.recurring_key is not None:
        yield "recurring_key", _enqueued_by(store, query.recurring_key)
    if query.batch_id is not None:
        yield "batch_id", _NONE
    for sign, moment in ((">=", query.since), ("<", query.until)):
        if moment is not None:
            told = store.vendor.write_time(moment)
            yield query.moment, Condition(sql=f"{query.moment} {sign} %s", parameters=(told,))


def _is(column: str, text: str) -> Condition:
    # PostgreSQL cannot even be asked for a text with a NUL in it.
    return Condition(sql=f"{column} = %s", parameters=(text,)) if is_storable(text) else _NONE


def _enqueued_by(store: Store, key: str) -> Condition:
    if not is_storable(key):
        return _NONE
    ids = [id for (id,) in store.run(lambda: store.rows(_TICKS, (key, MOST_TICKS)))]
    return among(ids) if ids else _NONE


def _is_row_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 19 and int(text) <= GREATEST_ID
