"""The columns of tallies: counts, durations, and a column for each bucket of two histograms."""

from __future__ import annotations

from typing import Final

from django_activejob.contracts.tallies import BUCKETS

COUNTS: Final = ("performed", "failed", "retried", "discarded", "interrupted")
KINDS: Final = ("run", "wait")

HISTOGRAM_COLUMNS: Final = tuple(f"{kind}_{bucket}" for kind in KINDS for bucket in range(BUCKETS))

SUMMED: Final = (*COUNTS, *(f"{kind}_total" for kind in KINDS), *HISTOGRAM_COLUMNS)
"""What adding two tallies adds."""

LEAST: Final = tuple(f"{kind}_least" for kind in KINDS)
MOST: Final = tuple(f"{kind}_most" for kind in KINDS)

NO_LEAST: Final = 1e300
"""The shortest of no durations at all: anything is shorter."""
