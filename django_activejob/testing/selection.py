"""Which jobs a helper is about: ``only``, ``except_``, ``queue``, ``at``."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from django_activejob.contracts import Envelope
from django_activejob.job.base import ActiveJob
from django_activejob.testing.recorded import RecordedJob

JobFilter = type[ActiveJob] | Collection[type[ActiveJob]] | Callable[[Any], object]
"""A class, several, or a callable that answers yes or no; classes are meant exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A choice of jobs.

    Raises:
        ValueError: both ``only`` and ``except_`` are given.
    """

    only: JobFilter | None = None
    except_: JobFilter | None = None
    queue: str | None = None
    at: datetime | None = None

    def __post_init__(self) -> None:
        if self.only is not None and self.except_ is not None:
            raise ValueError("Cannot specify both `only` and `except_` options.")

    @property
    def latest(self) -> datetime | None:
        """``at``, aware; a naive one is in the current time zone."""
        return None if self.at is None else aware(self.at)

    def includes(self, record: RecordedJob) -> bool:
        """Whether a recorded job belongs to it; callables are given the record."""
        if self.queue is not None and record.queue != self.queue:
            return False
        if self.latest is not None and record.at is not None and record.at > self.latest:
            return False
        if self.only is not None:
            return _fits(self.only, record, lambda: record)
        return self.except_ is None or not _fits(self.except_, record, lambda: record)


def predicate(wanted: JobFilter | None) -> Callable[[Envelope], bool] | None:
    """A filter as the test adapter takes it; callables are given the job itself."""
    if wanted is None:
        return None

    def fits(envelope: Envelope) -> bool:
        record = RecordedJob(envelope=envelope)
        return _fits(wanted, record, record.load)

    return fits


def aware(moment: datetime) -> datetime:
    """A moment with a time zone: the current one, when it has none."""
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _fits(wanted: JobFilter, record: RecordedJob, subject: Callable[[], Any]) -> bool:
    if isinstance(wanted, type):
        return record.is_of(wanted)
    if callable(wanted):
        return bool(wanted(subject()))
    return any(record.is_of(job_class) for job_class in wanted)
