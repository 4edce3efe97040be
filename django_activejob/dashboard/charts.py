"""Charts as shapes for SVG: where each bar stands, and what it says.

Colors come from CSS classes, so that no style has to stand in the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from django_activejob.contracts import Times
from django_activejob.contracts.tallies import BOUNDS, BUCKETS
from django_activejob.dashboard.series import Series
from django_activejob.dashboard.text import number
from django_activejob.dashboard.times import duration
from django_activejob.dashboard.windows import Window

WIDTH: Final = 960
HEIGHT: Final = 220
LEFT: Final = 56  # for the numbers beside the lines
TOP: Final = 10
BOTTOM: Final = 26  # for the times below the bars
GAP: Final = 0.2  # of a step, between its bar and the next
MOST_TIMES: Final = 8

SMALL_WIDTH: Final = 130
SMALL_HEIGHT: Final = 26

_PLOT: Final = HEIGHT - TOP - BOTTOM


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A rectangle, in the units of its chart; ``title`` is shown on hover."""

    x: str
    y: str
    width: str
    height: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text beside or below a chart; a line across it starts at the height of ``y``."""

    x: str
    y: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a color means, and its sum."""

    kind: str
    name: str
    total: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Stacked bars over time."""

    width: int
    height: int
    left: int
    bars: SafeString
    lines: Sequence[Label]
    times: Sequence[Label]
    keys: Sequence[Key]
    is_empty: bool
    summary: str


def stacked(series: Sequence[Series], window: Window) -> Chart:
    """One bar for each step, with a piece for each series."""
    steps = window.steps()
    sums = [sum(line.numbers[place] for line in series) for place in range(len(steps))]
    top = _ceiling(max(sums, default=0))
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        bars=_drawn(_bars(series, window, top)),
        lines=[_line(value, top) for value in _grid(top)],
        times=list(_times(window)),
        keys=[
            Key(kind=line.kind, name=line.name, total=number(sum(line.numbers)))
            for line in series
            if any(line.numbers)
        ],
        is_empty=not any(sums),
        summary=_("%(total)s executions, at most %(most)s in one step")
        % {"total": number(sum(sums)), "most": number(max(sums, default=0))},
    )


def histogram(times: Times) -> SafeString:
    """A small chart: one bar for each bucket."""
    width = SMALL_WIDTH / BUCKETS
    most, language = max(times.buckets), get_language()
    return _drawn(
        Bar(
            x=_unit(place * width),
            y=_unit(SMALL_HEIGHT - _small_height(count, most)),
            width=_unit(width * (1 - GAP)),
            height=_unit(_small_height(count, most)),
            kind="0",
            title=f"{_bucket(place, language)}: {number(count)}",
        )
        for place, count in enumerate(times.buckets)
        if count
    )


def _drawn(bars: Iterable[Bar]) -> SafeString:
    """Bars as SVG. A page may have a thousand: a template takes ten times as long."""
    return format_html_join(
        "\n",
        '<rect class="aj-bar-{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        ((bar.kind, bar.x, bar.y, bar.width, bar.height, bar.title) for bar in bars),
    )


def _small_height(count: int, most: int) -> float:
    # However few there are, they are seen.
    return max(SMALL_HEIGHT * count / most, 1.5)


@lru_cache(maxsize=1024)
def _bucket(place: int, language: str | None) -> str:
    # The language is what the answer depends on besides; nearly every row has every bucket.
    if place == len(BOUNDS):
        return _("over %(time)s") % {"time": duration(BOUNDS[-1])}
    return _("up to %(time)s") % {"time": duration(BOUNDS[place])}


def _bars(series: Sequence[Series], window: Window, top: int) -> Iterator[Bar]:
    steps = window.steps()
    width = (WIDTH - LEFT) / len(steps)
    for place, step in enumerate(steps):
        floor = float(TOP + _PLOT)
        for line in series:
            count = line.numbers[place]
            if count:
                height = _PLOT * count / top
                floor -= height
                yield Bar(
                    x=_unit(LEFT + (place + GAP / 2) * width),
                    y=_unit(floor),
                    width=_unit(width * (1 - GAP)),
                    height=_unit(height),
                    kind=line.kind,
                    title=f"{_moment(step, window)} · {line.name}: {number(count)}",
                )


def _times(window: Window) -> Iterator[Label]:
    steps = window.steps()
    width = (WIDTH - LEFT) / len(steps)
    every = -(-len(steps) // MOST_TIMES)
    for place in range(0, len(steps), every):
        x = LEFT + place * width
        yield Label(x=_unit(x), y=str(HEIGHT - 8), text=_moment(steps[place], window))


def _moment(step: int, window: Window) -> str:
    return date_format(localtime(datetime.fromtimestamp(step, tz=UTC)), window.format)


def _line(value: int, top: int) -> Label:
    return Label(x=str(LEFT - 8), y=_unit(TOP + _PLOT - _PLOT * value / top), text=number(value))


def _grid(top: int) -> Sequence[int]:
    """Up to four round numbers from 0 to the top."""
    pieces = next((pieces for pieces in (4, 5, 3, 2) if top % pieces == 0), 1)
    return range(0, top + 1, top // pieces)


def _ceiling(most: int) -> int:
    """The next round number: 1, 2, 4, 5 or 8 with zeros behind it."""
    size = 1
    while True:
        for digit in (1, 2, 4, 5, 8):
            if digit * size >= most:
                return digit * size
        size *= 10


def _unit(value: float) -> str:
    # Never in the reader's language: a comma would be no number in SVG.
    return f"{value:.2f}"
