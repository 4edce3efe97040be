"""Tallies as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django_activejob import clock
from django_activejob.adapters.database.store import Record, Store
from django_activejob.adapters.database.tally_columns import COUNTS, LEAST, MOST, NO_LEAST, SUMMED
from django_activejob.contracts import FailureCount, Tally, TallyName, Times
from django_activejob.contracts.tallies import BUCKETS, span_of

MOST_ROWS: Final = 20_000
MOST_FAILURES: Final = 500

_SUMS: Final = ", ".join(
    [
        *(f"SUM({name})" for name in SUMMED),
        *(f"MIN({name})" for name in LEAST),
        *(f"MAX({name})" for name in MOST),
    ]
)
_COUNTED: Final = ", ".join(f"SUM({name})" for name in COUNTS)
_TALLIES = """
    SELECT at_step, name, {sums}
    FROM (
        SELECT {at} AS at_step, {name} AS name, tally.*
        FROM django_activejob_tally AS tally
        WHERE tally.span = %s AND tally.began >= %s
    ) AS stepped
    GROUP BY at_step, name ORDER BY at_step, name LIMIT %s
"""
_FAILURES = """
    SELECT job_class, error_class, SUM(number) AS total
    FROM django_activejob_failuretally WHERE span = %s AND began >= %s
    GROUP BY job_class, error_class ORDER BY total DESC, job_class, error_class LIMIT %s
"""
_NAMES: Final = {None: "''", "job_class": "tally.job_class", "queue": "tally.queue"}


def tallies(
    store: Store, *, since: datetime, step: int | None, by: TallyName | None
) -> Sequence[Tally]:
    """What executions came to since a moment: minutes where they are few, else hours."""
    span, began = _reach(since, step)
    # The step goes into the statement as it is: PostgreSQL cannot tell a parameter's type there.
    at = "0" if step is None else f"tally.began - tally.began %% {int(step)}"
    pieces = {"at": at, "name": _NAMES[by], "sums": _SUMS if step is None else _COUNTED}
    rows = store.run(lambda: store.rows(_TALLIES, (span, began, MOST_ROWS), **pieces))
    return [_tally_of(row, by) for row in rows]


def failures(store: Store, *, since: datetime) -> Sequence[FailureCount]:
    """How many jobs failed since a moment, by their classes and those of their errors."""
    span, began = _reach(since, None)
    rows = store.run(lambda: store.rows(_FAILURES, (span, began, MOST_FAILURES)))
    return [
        FailureCount(job_class=job_class, error_class=error_class, number=int(number))
        for job_class, error_class, number in rows
    ]


def _reach(since: datetime, step: int | None) -> tuple[int, int]:
    """Which rows to look at: their span, and from which beginning on."""
    start = int(since.timestamp())
    span = span_of(age=clock.now().timestamp() - start, step=step)
    return span, start // span * span


def _tally_of(row: Record, by: TallyName | None) -> Tally:
    began, name, *numbers = row
    # The counts come first, and alone where time is told apart.
    summed = dict(zip((*SUMMED, *LEAST, *MOST), numbers, strict=False))
    counts: dict[str, Any] = {count: int(summed[count]) for count in COUNTS}
    return Tally(
        began=int(began),
        job_class=name if by == "job_class" else "",
        queue=name if by == "queue" else "",
        run=_times_of("run", summed),
        wait=_times_of("wait", summed),
        **counts,
    )


def _times_of(kind: str, summed: dict[str, Any]) -> Times:
    if f"{kind}_total" not in summed:
        return Times()
    least = float(summed[f"{kind}_least"])
    return Times(
        buckets=tuple(int(summed[f"{kind}_{bucket}"]) for bucket in range(BUCKETS)),
        total=float(summed[f"{kind}_total"]),
        least=0.0 if least >= NO_LEAST else least,
        most=float(summed[f"{kind}_most"]),
    )
