"""Which of the queued jobs this code cannot run, judged without loading their arguments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from django_activejob.contracts import Inspector, JobQuery, JobRecord, Status
from django_activejob.inspection import JobSet
from django_activejob.job import registry
from django_activejob.job.signature import check_arguments
from django_activejob.serialization.markers import RUBY2_KEYWORDS

_QUEUED: Final[tuple[Status, ...]] = ("ready", "scheduled", "blocked", "retrying")


def unrunnable_jobs(inspector: Inspector, *, sample: int) -> list[str]:
    """What is wrong with queued jobs, each kind once, with how many of those looked at have it.

    Args:
        sample: how many jobs of each status are looked at, in the order in which they will
            run; of unknown classes every job is found.
    """
    found = _unknown_classes(inspector)
    found += Counter(
        problem
        for status in _statuses_of(inspector)
        for job in islice(JobSet(inspector, JobQuery(status=status)), sample)
        if registry.is_known(job.job_class) and (problem := _problem_of(job)) is not None
    )
    return [f"{problem} ({_jobs(number)})" for problem, number in sorted(found.items())]


def _unknown_classes(inspector: Inspector) -> Counter[str]:
    found: Counter[str] = Counter()
    for name in inspector.job_classes():
        if registry.is_known(name):
            continue
        queued = sum(
            inspector.count(JobQuery(status=status, job_class=name)).number
            for status in _statuses_of(inspector)
        )
        if queued:
            found[f"{name}: no job class of this name is registered."] = queued
    return found


def _statuses_of(inspector: Inspector) -> list[Status]:
    return [status for status in _QUEUED if status in inspector.statuses]


def _problem_of(job: JobRecord) -> str | None:
    if job.payload is None:
        return f"{job.job_class}: its payload cannot be read."
    positional, keywords = _parted(job.payload["arguments"])
    try:
        check_arguments(registry.find(job.job_class), positional, keywords)
    except TypeError as error:
        return str(error)
    return None


def _parted(raw: list[Any]) -> tuple[list[Any], Mapping[str, Any]]:
    if not raw or not isinstance(raw[-1], Mapping) or RUBY2_KEYWORDS not in raw[-1]:
        return raw, {}
    last = {name: value for name, value in raw[-1].items() if name != RUBY2_KEYWORDS}
    return raw[:-1], last


def _jobs(number: int) -> str:
    return "1 job" if number == 1 else f"{number} jobs"
