"""A small chart without axes: how busy something was of late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django_activejob.contracts import Tally

SPAN: Final = timedelta(hours=1)
STEP: Final = 120  # seconds
HEIGHT: Final = 20
BAR: Final = 3  # of which one is the gap to the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar, in the units of the picture."""

    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparkline:
    """The executions in each step of the last hour; ``total`` is their sum."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    total: int


def sparkline(tallies: Iterable[Tally], *, now: datetime) -> Sparkline:
    """Draws the tallies of one thing; steps without any are empty."""
    last = int(now.timestamp()) // STEP * STEP
    steps = int(SPAN.total_seconds()) // STEP
    numbers = {last - back * STEP: 0 for back in range(steps)}
    for tally in tallies:
        began = tally.began // STEP * STEP
        if began in numbers:
            numbers[began] += tally.executions
    ordered = [numbers[began] for began in sorted(numbers)]
    most = max(ordered)
    bars = (_bar(place, number, most=most) for place, number in enumerate(ordered) if number > 0)
    return Sparkline(bars=tuple(bars), width=steps * BAR, height=HEIGHT, total=sum(ordered))


def _bar(place: int, number: int, *, most: int) -> Bar:
    height = max(1, round(HEIGHT * number / most))
    return Bar(x=place * BAR, y=HEIGHT - height, height=height)
