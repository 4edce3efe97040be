"""What executions came to, summed up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

MINUTE: Final = 60  # seconds
HOUR: Final = 3600  # seconds

BOUNDS: Final = (
    *(0.02, 0.03, 0.045, 0.065, 0.1, 0.15, 0.225, 0.335, 0.5, 0.75, 1.1, 1.7, 2.5),
    *(3.8, 5.75, 8.5, 13.0, 20.0, 30.0, 45.0, 65.0, 100.0, 150.0, 225.0, 335.0),
)
"""The upper bounds, in seconds, of all buckets but the last, which has none: Sidekiq's."""

BUCKETS: Final = len(BOUNDS) + 1

TallyName = Literal["job_class", "queue"]
"""What tallies can be told apart by."""


def bucket_of(seconds: float) -> int:
    """The bucket into which a duration falls."""
    return bisect_left(BOUNDS, seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Many durations, in seconds: their sum, the extremes, and how many fell into each bucket.

    ``least`` and ``most`` are 0 when there are none.
    """

    buckets: tuple[int, ...] = (0,) * BUCKETS
    total: float = 0.0
    least: float = 0.0
    most: float = 0.0

    @property
    def number(self) -> int:
        """How many durations there are."""
        return sum(self.buckets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What the executions of one class in one queue came to in one minute.

    When read, in one step, or over all time (``began`` is 0 then); what was summed over has
    an empty name. ``run`` are the times that jobs ran, ``wait`` those from their being due to
    their start; ``failures`` counts the jobs that failed for good by the class of their error,
    and is empty when read.
    """

    began: int  # seconds since the epoch, a multiple of the step
    job_class: str = ""
    queue: str = ""
    performed: int = 0
    failed: int = 0
    retried: int = 0
    discarded: int = 0
    interrupted: int = 0
    run: Times = Times()
    wait: Times = Times()
    failures: Mapping[str, int] = field(default_factory=dict)

    @property
    def executions(self) -> int:
        """How many executions there were, however they ended."""
        counts = (self.performed, self.failed, self.retried, self.discarded, self.interrupted)
        return sum(counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCount:
    """How many jobs of a class failed for good with errors of a class."""

    job_class: str
    error_class: str
    number: int


def span_of(*, age: float, step: int | None) -> int:
    """The finest span, in seconds, of which a store that keeps minutes and hours needs to look.

    Minutes are kept for a day; over more than some hours, hours do as well and are fewer.

    Args:
        age: seconds from the beginning of what is looked at to now.
        step: the wanted step in seconds; None means one sum.
    """
    wants_minutes = step is not None and step % HOUR != 0
    return MINUTE if wants_minutes or age <= 3 * HOUR else HOUR


def merged(times: Sequence[Times]) -> Times:
    """Many durations as one."""
    found = [each for each in times if each.number]
    if not found:
        return Times()
    return Times(
        buckets=tuple(map(sum, zip(*(each.buckets for each in found), strict=True))),
        total=sum(each.total for each in found),
        least=min(each.least for each in found),
        most=max(each.most for each in found),
    )
