"""A job in the lists of the test adapter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django_activejob.contracts import Envelope
from django_activejob.errors import ActiveJobError, UnknownJobClass
from django_activejob.job import registry
from django_activejob.job.base import ActiveJob
from django_activejob.job.packing import decode_arguments, unpack
from django_activejob.serialization import inspect_arguments


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedJob:
    """A job that was enqueued or performed, with the names that the assertions use."""

    envelope: Envelope

    @property
    def job(self) -> type[ActiveJob]:
        """Its class.

        Raises:
            UnknownJobClass: this process does not have it.
        """
        return registry.find(self.envelope.payload["job_class"])

    @property
    def args(self) -> list[Any]:
        """Its arguments as they are stored; ``load`` gives live ones."""
        return self.envelope.payload["arguments"]

    @property
    def queue(self) -> str:
        """The full name of its queue."""
        return self.envelope.queue_name

    @property
    def priority(self) -> int | None:
        """Its priority, None when it has none."""
        return self.envelope.payload["priority"]

    @property
    def at(self) -> datetime | None:
        """When it shall run, aware; None means at once."""
        return self.envelope.scheduled_at

    def load(self) -> ActiveJob:
        """The job itself, with live arguments.

        Raises:
            UnknownJobClass: this process does not have its class.
            DeserializationError: the arguments cannot be read; models may be gone.
        """
        job = unpack(self.envelope.payload)
        decode_arguments(job)
        return job

    def is_of(self, job_class: type[ActiveJob]) -> bool:
        """Whether it is of exactly this class; a subclass is another one."""
        try:
            return self.job is job_class
        except UnknownJobClass:
            return False

    def __str__(self) -> str:
        facts = [f"queue={self.queue!r}"]
        if self.priority is not None:
            facts.append(f"priority={self.priority}")
        if self.at is not None:
            facts.append(f"at={self.at.isoformat()}")
        name = self.envelope.payload["job_class"]
        return f"{name}({self._arguments()}) {' '.join(facts)}"

    def _arguments(self) -> str:
        try:
            job = self.load()
        except ActiveJobError:
            return inspect_arguments(self.args, {})
        return inspect_arguments(job.arguments, job.keyword_arguments)
