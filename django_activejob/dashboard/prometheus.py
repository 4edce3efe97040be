"""Snapshots in the text format of Prometheus, by the package prometheus-client."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured

from django_activejob.dashboard.snapshot import Snapshot
from django_activejob.dashboard.vitals import vitals_of

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import GaugeMetricFamily

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(snapshots: Sequence[Snapshot]) -> bytes:
    """The metrics of all adapters.

    Raises:
        ImproperlyConfigured: the package is not installed.
    """
    try:
        from prometheus_client import CollectorRegistry, generate_latest
    except ImportError as error:
        raise ImproperlyConfigured(
            "Metrics need the package prometheus-client: pip install 'django-activejob[metrics]'."
        ) from error
    registry: CollectorRegistry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(snapshots))
    return bytes(generate_latest(registry))


class _Collector:
    """Gives the metrics once, from snapshots already taken."""

    def __init__(self, snapshots: Sequence[Snapshot]) -> None:
        self._snapshots = snapshots

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """All metrics."""
        for name, text, labels, samples in _families(self._snapshots):
            yield _family(name, text, labels, samples)


_Sample = tuple[tuple[str, ...], float]
_Family = tuple[str, str, tuple[str, ...], list[_Sample]]


def _families(snapshots: Sequence[Snapshot]) -> Iterator[_Family]:
    yield (
        "up",
        "Whether the store of the queue adapter can be reached.",
        ("adapter",),
        [((one.alias,), float(one.is_up)) for one in snapshots],
    )
    yield (
        "jobs",
        "Jobs by status; counting stops at 100,000.",
        ("adapter", "status"),
        [
            ((one.alias, status), count.number)
            for one in snapshots
            for status, count in one.counts.items()
        ],
    )
    yield from _queue_families(snapshots)
    yield from _process_families(snapshots)
    yield (
        "recent_executions",
        "Executions that ended in the last 5 minutes, by class and outcome.",
        ("adapter", "job_class", "outcome"),
        [sample for one in snapshots for sample in _executions(one)],
    )


def _queue_families(snapshots: Sequence[Snapshot]) -> Iterator[_Family]:
    queues = [((one.alias, queue.name), queue) for one in snapshots for queue in one.queues]
    labels = ("adapter", "queue")
    yield "queue_ready_jobs", "Ready jobs.", labels, [(key, queue.size) for key, queue in queues]
    yield (
        "queue_latency_seconds",
        "How long the oldest ready job has waited.",
        labels,
        [(key, queue.latency or 0.0) for key, queue in queues],
    )
    yield (
        "queue_paused",
        "Whether the queue is paused.",
        labels,
        [(key, float(queue.paused)) for key, queue in queues],
    )


def _process_families(snapshots: Sequence[Snapshot]) -> Iterator[_Family]:
    vitals = [(one.alias, vitals_of(record)) for one in snapshots for record in one.processes]
    conditions = Counter((alias, each.duties[0], each.condition) for alias, each in vitals)
    yield (
        "processes",
        "Registered processes by what they do first and how they are.",
        ("adapter", "kind", "condition"),
        [(key, number) for key, number in sorted(conditions.items())],
    )
    for name, text, of in (
        ("threads", "Threads of the workers.", "threads"),
        ("busy_threads", "Threads that perform a job.", "busy"),
        ("memory_bytes", "Memory of the processes.", "memory"),
    ):
        samples: list[_Sample] = [
            ((one.alias,), _sum(one.alias, of, vitals)) for one in snapshots if one.is_up
        ]
        yield name, text, ("adapter",), samples


def _sum(alias: str, of: str, vitals: Sequence[tuple[str, Any]]) -> float:
    return float(sum(getattr(each, of) or 0 for found, each in vitals if found == alias))


def _executions(one: Snapshot) -> Iterator[_Sample]:
    for tally in one.recent:
        for outcome in ("performed", "failed", "retried", "discarded", "interrupted"):
            if number := getattr(tally, outcome):
                yield (one.alias, tally.job_class, outcome), number


def _family(
    name: str, text: str, labels: tuple[str, ...], samples: Sequence[_Sample]
) -> GaugeMetricFamily:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(f"activejob_{name}", text, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family
