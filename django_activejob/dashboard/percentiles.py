"""What a histogram says about the durations in it."""

from __future__ import annotations

from django_activejob.contracts import Times
from django_activejob.contracts.tallies import BOUNDS


def average(times: Times) -> float | None:
    """The mean, in seconds; None of nothing."""
    return times.total / times.number if times.number else None


def percentile(times: Times, share: float) -> float | None:
    """The duration, in seconds, within which a share (0 to 1) of all stayed; None of nothing.

    Inside of a bucket the durations are taken to be spread evenly, and never beyond the
    shortest or the longest one there was.
    """
    wanted = share * times.number
    below = 0
    for bucket, number in enumerate(times.buckets):
        if number and below + number >= wanted:
            return _within(times, bucket, (wanted - below) / number)
        below += number
    return None


def _within(times: Times, bucket: int, share: float) -> float:
    lower = BOUNDS[bucket - 1] if bucket else 0.0
    upper = BOUNDS[bucket] if bucket < len(BOUNDS) else times.most
    lower, upper = max(lower, times.least), min(upper, times.most)
    return lower + max(upper - lower, 0.0) * share
