"""Which processes take jobs, and from which queues."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from django_activejob.contracts import ProcessRecord, QueueRecord
from django_activejob.dashboard.vitals import Vitals, vitals_of

_EXCLUDED: Final = "-"
_ALL: Final = "*"


def live_workers(processes: Iterable[ProcessRecord]) -> list[Vitals]:
    """The workers that beat and take jobs."""
    all_vitals = [vitals_of(record) for record in processes]
    return [
        vitals
        for vitals in all_vitals
        if "worker" in vitals.duties and vitals.condition == "working"
    ]


def without_worker(
    queues: Iterable[QueueRecord], processes: Iterable[ProcessRecord]
) -> list[QueueRecord]:
    """The queues with ready jobs that no live worker takes from, and that nobody has paused."""
    workers = live_workers(processes)
    return [
        queue
        for queue in queues
        if queue.size
        and not queue.paused
        and not any(serves(worker.queues, queue.name) for worker in workers)
    ]


def serves(wanted: Sequence[str], queue: str) -> bool:
    """Whether a worker with these names and patterns takes jobs from a queue.

    As ``runjobs --queues``: ``mail*`` is a pattern, ``-mail`` leaves one out; nothing but
    those, or nothing at all, means all others.
    """
    included = [name for name in wanted if not name.startswith(_EXCLUDED)] or [_ALL]
    excluded = [name[1:] for name in wanted if name.startswith(_EXCLUDED)]
    return _is_among(included, queue) and not _is_among(excluded, queue)


def _is_among(patterns: Iterable[str], queue: str) -> bool:
    return any(
        queue.startswith(pattern.removesuffix(_ALL)) if pattern.endswith(_ALL) else queue == pattern
        for pattern in patterns
    )
