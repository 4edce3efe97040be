"""What a job is expected to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final

from django_activejob.job import registry
from django_activejob.job.base import ActiveJob
from django_activejob.testing.recorded import RecordedJob
from django_activejob.testing.selection import aware

TOLERANCE: Final = timedelta(seconds=1)  # how far a job's time may lie from the expected one

Matcher = Callable[[Any], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """What a job has to agree with; None leaves a point open.

    In place of each value a callable may stand, which is given that of the job.
    """

    job: type[ActiveJob] | Matcher | None = None
    args: Sequence[Any] | Matcher | None = None
    kwargs: dict[str, Any] | Matcher | None = None
    at: datetime | Matcher | None = None
    queue: str | Matcher | None = None
    priority: int | Matcher | None = None

    def are_met_by(self, record: RecordedJob) -> bool:
        """Whether a recorded job agrees with all of them.

        Raises:
            DeserializationError: arguments are to be compared and cannot be read.
        """
        return (
            self.fits_class_of(record)
            and _agrees(self.queue, record.queue)
            and _agrees(self.priority, record.priority)
            and _is_time_right(self.at, record.at)
            and self._are_arguments_right(record)
        )

    def fits_class_of(self, record: RecordedJob) -> bool:
        """Whether a recorded job is of the expected class; any is, when none is expected."""
        if isinstance(self.job, type):
            return record.is_of(self.job)
        return self.job is None or bool(self.job(record.job))

    def _are_arguments_right(self, record: RecordedJob) -> bool:
        if self.args is None and self.kwargs is None:
            return True
        job = record.load()
        keywords = job.keyword_arguments
        if self.kwargs is not None:
            return _agrees(_listed(self.args), job.arguments) and _agrees(self.kwargs, keywords)
        return _agrees(
            _listed(self.args), [*job.arguments, keywords] if keywords else job.arguments
        )

    def __str__(self) -> str:
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        return ", ".join(
            f"{name}={_shown(value)}" for name, value in given.items() if value is not None
        )


def _agrees(expected: Any, actual: Any) -> bool:
    if expected is None:
        return True
    return bool(expected(actual) if callable(expected) else expected == actual)


def _is_time_right(expected: Any, actual: datetime | None) -> bool:
    if isinstance(expected, datetime):
        return actual is not None and abs(aware(expected) - actual) <= TOLERANCE
    return _agrees(expected, actual)


def _listed(expected: Any) -> Any:
    return list(expected) if isinstance(expected, tuple) else expected


def _shown(value: Any) -> str:
    if isinstance(value, type) and issubclass(value, ActiveJob):
        return registry.name_of(value)
    return repr(value)
