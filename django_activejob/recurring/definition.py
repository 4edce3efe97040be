"""What a recurring task is made of, as its store keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django_activejob.conf import Misfire, RecurringSettings
from django_activejob.job import registry
from django_activejob.job.base import ActiveJob
from django_activejob.job.configured import new_job
from django_activejob.job.signature import check_arguments
from django_activejob.recurring.schedule import Schedule, every, parse
from django_activejob.serialization import deserialize_arguments, serialize_arguments


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A recurring task in JSON: ``{"job": "shop.ReportJob", "schedule": "0 2 * * *"}``.

    ``arguments`` are written as those of a payload; ``every`` and ``grace`` are seconds.
    """

    job: str
    schedule: str | None = None
    every: float | None = None
    arguments: list[Any] = field(default_factory=list)
    queue: str | None = None
    priority: int | None = None
    misfire: Misfire = "skip"
    grace: float = 86_400.0
    enabled: bool = True
    description: str = ""

    def written(self) -> dict[str, Any]:
        """All of it, for a store."""
        return asdict(self)

    def times(self) -> Schedule:
        """When it is due.

        Raises:
            InvalidSchedule: the text of the schedule is none.
        """
        return parse(self.schedule) if self.schedule else every(self.every or 1.0)

    def new_job(self) -> ActiveJob:
        """A job for one tick.

        Raises:
            UnknownJobClass: this process does not have the class.
            DeserializationError: an argument cannot be read back.
        """
        positional, keywords = deserialize_arguments(self.arguments)
        job = new_job(registry.find(self.job), tuple(positional), keywords)
        job.set(queue=self.queue, priority=self.priority)
        return job


def read(written: Mapping[str, Any]) -> Definition:
    """The definition that a store has kept; what a newer version has added is left alone.

    Raises:
        TypeError: it is none.
    """
    names = {item.name for item in fields(Definition)}
    return Definition(**{name: value for name, value in written.items() if name in names})


def defined(task: RecurringSettings) -> Definition:
    """A task of the settings, checked, with the arguments in JSON.

    Raises:
        InvalidSchedule: the schedule is none.
        UnknownJobClass: there is no such job class.
        SerializationError: an argument has no JSON form.
        TypeError: the job does not take these arguments.
    """
    job_class = registry.find(task.job)
    check_arguments(job_class, list(task.args), dict(task.kwargs))
    definition = Definition(
        job=task.job,
        schedule=task.schedule,
        every=task.every,
        arguments=serialize_arguments(list(task.args), dict(task.kwargs)),
        queue=task.queue,
        priority=task.priority,
        misfire=task.misfire,
        grace=task.grace,
        enabled=task.enabled,
        description=task.description,
    )
    definition.times()
    return definition
