"""tallied in memory → kept: what executions came to is added to the minute and to the hour."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

from django_activejob.adapters.database.parameters import flattened, tuples
from django_activejob.adapters.database.rows import NAME_CHARACTERS
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.tally_columns import COUNTS, LEAST, MOST, NO_LEAST, SUMMED
from django_activejob.adapters.database.text import storable
from django_activejob.contracts import Tally, Times
from django_activejob.contracts.tallies import HOUR, MINUTE

SPANS: Final = (MINUTE, HOUR)
ADDED_AT_ONCE: Final = 100

_NAMES: Final = ("span", "began", "job_class", "queue")
_COLUMNS: Final = (*_NAMES, *SUMMED, *LEAST, *MOST)
_FAILURE_COLUMNS: Final = ("span", "began", "job_class", "error_class", "number")
_TABLE: Final = "django_activejob_tally"
_FAILURE_TABLE: Final = "django_activejob_failuretally"


def _added(table: str, name: str) -> str:
    return f"{name} = {table}.{name} + {{given}}{name}{{end_given}}"


def _chosen(word: str, name: str) -> str:
    return f"{name} = {{{word}}}({_TABLE}.{name}, {{given}}{name}{{end_given}})"


_ADD = f"""
    INSERT INTO {_TABLE} ({", ".join(_COLUMNS)}) VALUES {{values}}
    {{or_add_tally}}
    {", ".join(_added(_TABLE, name) for name in SUMMED)},
    {", ".join(_chosen("least", name) for name in LEAST)},
    {", ".join(_chosen("most", name) for name in MOST)}
"""  # noqa: S608 - names of our own
_ADD_FAILURES = f"""
    INSERT INTO {_FAILURE_TABLE} ({", ".join(_FAILURE_COLUMNS)}) VALUES {{values}}
    {{or_add_failure}} {_added(_FAILURE_TABLE, "number")}
"""  # noqa: S608 - names of our own


def add_tallies(store: Store, tallies: Sequence[Tally]) -> None:
    """Adds tallies to those of their minutes and hours, all or none.

    Rows are locked in the order of their names, so that processes that add at the same
    time wait for each other and do not lock each other out.

    Raises:
        AdapterUnavailable: nothing was added, or nobody knows.
    """
    if tallies:
        store.atomically(partial(_add_all, store, tallies))


def _add_all(store: Store, tallies: Sequence[Tally]) -> None:
    _write(store, _ADD, _merged(_rows(tallies), width=len(_NAMES), merge=_sum_of))
    _write(store, _ADD_FAILURES, _merged(_failure_rows(tallies), width=4, merge=_number_of))


def _write(store: Store, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    for start in range(0, len(rows), ADDED_AT_ONCE):
        piece = rows[start : start + ADDED_AT_ONCE]
        store.change(sql, flattened(piece), values=tuples(len(piece), width=len(piece[0])))


def _rows(tallies: Sequence[Tally]) -> Iterator[tuple[Any, ...]]:
    for tally in tallies:
        for span in SPANS:
            began = tally.began // span * span
            yield (span, began, _name(tally.job_class), _name(tally.queue), *_values(tally))


def _failure_rows(tallies: Sequence[Tally]) -> Iterator[tuple[Any, ...]]:
    for tally in tallies:
        for span in SPANS:
            began = tally.began // span * span
            for error_class, number in tally.failures.items():
                yield (span, began, _name(tally.job_class), _name(error_class), number)


def _values(tally: Tally) -> tuple[Any, ...]:
    times = (tally.run, tally.wait)
    return (
        *(getattr(tally, name) for name in COUNTS),
        *(each.total for each in times),
        *(number for each in times for number in each.buckets),
        *(_least(each) for each in times),
        *(each.most for each in times),
    )


def _least(times: Times) -> float:
    return times.least if times.number else NO_LEAST


def _name(text: str) -> str:
    return storable(text)[:NAME_CHARACTERS]


def _merged(
    rows: Iterator[tuple[Any, ...]],
    *,
    width: int,
    merge: Callable[[tuple[Any, ...], tuple[Any, ...]], tuple[Any, ...]],
) -> list[tuple[Any, ...]]:
    """One row for each name: no statement may change one row twice."""
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row in rows:
        names, values = row[:width], row[width:]
        found[names] = merge(found[names], values) if names in found else values
    return [(*names, *found[names]) for names in sorted(found)]


def _sum_of(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    summed, least = len(SUMMED), len(SUMMED) + len(LEAST)
    return (
        *map(sum, zip(one[:summed], other[:summed], strict=True)),
        *map(min, one[summed:least], other[summed:least]),
        *map(max, one[least:], other[least:]),
    )


def _number_of(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    return (one[0] + other[0],)
