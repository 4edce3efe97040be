"""Queues at a glance: what waits in them, and how long jobs waited of late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django_activejob.contracts import QueueRecord, Tally
from django_activejob.dashboard.percentiles import percentile
from django_activejob.dashboard.text import number, visible
from django_activejob.dashboard.times import duration
from django_activejob.dashboard.visit import Visit
from django_activejob.dashboard.windows import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A queue in one line; the last three are empty where nothing was tallied."""

    name: str
    uri: str
    size: str
    latency: str
    is_paused: bool
    executions: str
    usual_wait: str  # half of the jobs waited no longer
    long_wait: str  # one in twenty waited longer


def glances(visit: Visit, queues: Sequence[QueueRecord], window: Window) -> Sequence[Glance]:
    """What there is to say of queues, with what was tallied of them in a span of time."""
    tallies: Mapping[str, Tally] = {}
    if "tallies" in visit.inspector.sections:
        found = visit.inspector.tallies(since=window.began, by="queue")
        tallies = {tally.queue: tally for tally in found}
    return [_glance(visit, queue, tallies.get(queue.name)) for queue in queues]


def _glance(visit: Visit, queue: QueueRecord, tally: Tally | None) -> Glance:
    parameters = {"status": "ready", "queue": queue.name}
    return Glance(
        name=visible(queue.name),
        uri=visit.uri("job_changelist", parameters=parameters),
        size=number(queue.size),
        latency=duration(queue.latency),
        is_paused=queue.paused,
        executions=number(tally.executions) if tally else "",
        usual_wait=duration(percentile(tally.wait, 0.5)) if tally else "",
        long_wait=duration(percentile(tally.wait, 0.95)) if tally else "",
    )
