"""A job that is to be there: ``assert_enqueued_with`` and ``assert_performed_with``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django_activejob.adapters.test import TestAdapter
from django_activejob.job import registry
from django_activejob.job.base import ActiveJob
from django_activejob.testing.matching import Expectations
from django_activejob.testing.recorded import RecordedJob
from django_activejob.testing.records import Kind, added, records
from django_activejob.testing.selection import Selection


class Found:
    """What the block form of ``assert_enqueued_with`` gives.

    Attributes:
        job: the job that was found, once the block has ended.
    """

    job: ActiveJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A job that is to be in one of the test adapter's lists."""

    expected: Expectations
    kind: Kind
    adapter: TestAdapter

    def at_once(self) -> ActiveJob:
        """The first that fits, of all there have been so far.

        Raises:
            AssertionError: none does.
            DeserializationError: the arguments of one cannot be read.
        """
        return self._first(records(self.adapter, self.kind))

    @contextmanager
    def around(self) -> Iterator[Found]:
        """The first that fits, of those that the block adds.

        Raises:
            AssertionError: none does.
            DeserializationError: the arguments of one cannot be read.
        """
        found = Found()
        with added(self.adapter, self.kind, performed=Selection()) as new:
            yield found
        found.job = self._first(new)

    def _first(self, candidates: Sequence[RecordedJob]) -> ActiveJob:
        for record in candidates:
            if self.expected.are_met_by(record):
                return record.load()
        raise AssertionError(
            f"No {self.kind} job found with {self.expected}\n\n{self._instead(candidates)}"
        )

    def _instead(self, candidates: Sequence[RecordedJob]) -> str:
        if not candidates:
            return f"No jobs were {self.kind}"
        alike = [record for record in candidates if self.expected.fits_class_of(record)]
        if alike:
            return "\n  ".join(["Potential matches:", *map(str, alike)])
        names = dict.fromkeys(record.envelope.payload["job_class"] for record in candidates)
        return (
            f"No jobs of class {self._class_name()} were {self.kind}, "
            f"job classes {self.kind}: {', '.join(names)}"
        )

    def _class_name(self) -> str:
        wanted = self.expected.job
        return registry.name_of(wanted) if isinstance(wanted, type) else repr(wanted)
