"""What failed, by class and by error, over growing spans of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django_activejob import clock
from django_activejob.contracts import FailureCount
from django_activejob.dashboard.text import number, visible
from django_activejob.dashboard.visit import Visit
from django_activejob.dashboard.windows import FAILURE_WINDOWS

MOST_ROWS: Final = 50

_Name = tuple[str, str]  # job class, class of the error


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCell:
    """How many failed in a span; ``uri`` leads to those of them that are still failed."""

    number: str
    uri: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRow:
    """The failures of one class with one error."""

    job_class: str
    error_class: str
    cells: Sequence[FailureCell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """A table: a column for each span, a row for each class and error, most first."""

    columns: Sequence[str]
    rows: Sequence[FailureRow]


def failures(visit: Visit) -> Failures:
    """All failures of the longest span."""
    present = clock.now()
    since = [present - timedelta(seconds=seconds) for seconds in FAILURE_WINDOWS.values()]
    counted = [_by_name(visit.inspector.failures(since=moment)) for moment in since]
    totals: dict[_Name, int] = defaultdict(int, counted[-1])
    ranked = sorted(totals, key=lambda name: (-totals[name], name))[:MOST_ROWS]
    rows = [_row(visit, name, since, counted) for name in ranked]
    return Failures(columns=[str(label) for label in FAILURE_WINDOWS], rows=rows)


def _by_name(found: Sequence[FailureCount]) -> Mapping[_Name, int]:
    return {(each.job_class, each.error_class): each.number for each in found}


def _row(
    visit: Visit,
    name: _Name,
    since: Sequence[datetime],
    counted: Sequence[Mapping[_Name, int]],
) -> FailureRow:
    job_class, error_class = name
    return FailureRow(
        job_class=visible(job_class),
        error_class=visible(error_class),
        cells=[
            _cell(visit, name, moment, numbers.get(name, 0))
            for moment, numbers in zip(since, counted, strict=True)
        ],
    )


def _cell(visit: Visit, name: _Name, since: datetime, counted: int) -> FailureCell:
    if not counted:
        return FailureCell(number="0", uri=None)
    asked = {"status": "failed", "job_class": name[0], "error_class": name[1]}
    asked |= {"time": "failed_at", "since": since.isoformat(timespec="minutes")}
    offered = visit.inspector.filters
    known = {key: value for key, value in asked.items() if _is_offered(key, offered)}
    return FailureCell(number=number(counted), uri=visit.uri("job_changelist", parameters=known))


def _is_offered(key: str, offered: frozenset[str]) -> bool:
    return key == "status" or ("time" if key == "since" else key) in offered
