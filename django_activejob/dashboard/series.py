"""Tallies as lines of numbers, one for each step of time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_activejob.contracts import Tally, TallyName
from django_activejob.dashboard.text import shortened
from django_activejob.dashboard.visit import Visit
from django_activejob.dashboard.windows import Window

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_NAMES: Final = 7
LONGEST_NAME: Final = 60

OUTCOMES: Final[Mapping[str, _StrPromise]] = {
    "performed": gettext_lazy("Performed"),
    "failed": gettext_lazy("Failed"),
    "retried": gettext_lazy("Retried"),
    "discarded": gettext_lazy("Discarded"),
    "interrupted": gettext_lazy("Interrupted"),
}
GROUPS: Final[Mapping[str, _StrPromise]] = {
    "outcome": gettext_lazy("by outcome"),
    "job_class": gettext_lazy("by class"),
    "queue": gettext_lazy("by queue"),
}

_BY: Final[Mapping[str, TallyName | None]] = {"job_class": "job_class", "queue": "queue"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line: a number for each step; ``kind`` is the end of the CSS class of its color."""

    name: str
    kind: str
    numbers: Sequence[int]


def executions(visit: Visit, window: Window, group: str) -> Sequence[Series]:
    """The executions of a span, told apart by outcome, by class or by queue."""
    by = _BY.get(group)
    tallies = visit.inspector.tallies(since=window.charted_from, step=window.step, by=by)
    if by is None:
        return _by_outcome(tallies, window.steps())
    return _by_name(tallies, by, window.steps())


def _by_outcome(tallies: Sequence[Tally], steps: Sequence[int]) -> Sequence[Series]:
    at = {tally.began: tally for tally in tallies}
    return [
        Series(
            name=str(label),
            kind=outcome,
            numbers=[getattr(at[step], outcome) if step in at else 0 for step in steps],
        )
        for outcome, label in OUTCOMES.items()
    ]


def _by_name(tallies: Sequence[Tally], by: TallyName, steps: Sequence[int]) -> Sequence[Series]:
    numbers: dict[str, Counter[int]] = defaultdict(Counter)
    for tally in tallies:
        numbers[getattr(tally, by)][tally.began] += tally.executions
    ranked = sorted(numbers, key=lambda name: (-numbers[name].total(), name))
    first, others = ranked[:MOST_NAMES], ranked[MOST_NAMES:]
    lines = [
        _line(shortened(name, LONGEST_NAME), str(place), [numbers[name]], steps)
        for place, name in enumerate(first)
    ]
    if others:
        lines.append(_line(_("Others"), "others", [numbers[name] for name in others], steps))
    return lines


def _line(name: str, kind: str, numbers: Sequence[Counter[int]], steps: Sequence[int]) -> Series:
    return Series(
        name=name, kind=kind, numbers=[sum(each[step] for each in numbers) for step in steps]
    )
