"""How one adapter is doing, in numbers, for machines that ask."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django_activejob import clock, handler
from django_activejob.contracts import (
    Count,
    Inspector,
    JobQuery,
    ProcessRecord,
    QueueRecord,
    Status,
    Tally,
)
from django_activejob.errors import AdapterUnavailable

logger = logging.getLogger(__name__)

COUNT_CAP: Final = 100_000
RECENT: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What is told of an adapter; all but ``alias`` is empty when its store cannot be reached.

    ``recent`` is what the executions of the last five minutes came to, by class.
    """

    alias: str
    is_up: bool
    counts: Mapping[Status, Count] = field(default_factory=dict)
    queues: Sequence[QueueRecord] = ()
    processes: Sequence[ProcessRecord] = ()
    recent: Sequence[Tally] = ()


def snapshots() -> list[Snapshot]:
    """How the adapters are that can be looked at, in the order of the settings."""
    inspectors = {alias: handler.adapter(alias).inspector() for alias in handler.aliases()}
    return [_snapshot(alias, one) for alias, one in inspectors.items() if one is not None]


def _snapshot(alias: str, inspector: Inspector) -> Snapshot:
    try:
        return _taken(alias, inspector)
    except AdapterUnavailable as error:
        # Who asks gets no reason: it may name a host or a user.
        logger.warning("Monitoring cannot reach the adapter %s: %s", alias, error)
        return Snapshot(alias=alias, is_up=False)


def _taken(alias: str, inspector: Inspector) -> Snapshot:
    counts = {
        status: inspector.count(JobQuery(status=status), cap=COUNT_CAP)
        for status in sorted(inspector.statuses)
    }
    recent: Sequence[Tally] = ()
    if "tallies" in inspector.sections:
        recent = inspector.tallies(since=clock.now() - RECENT, by="job_class")
    return Snapshot(
        alias=alias,
        is_up=True,
        counts=counts,
        queues=inspector.queues(),
        processes=inspector.processes(),
        recent=recent,
    )
