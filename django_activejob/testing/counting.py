"""How many jobs there were: ``assert_enqueued_jobs`` and its likes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django_activejob.adapters.test import TestAdapter
from django_activejob.testing.recorded import RecordedJob
from django_activejob.testing.records import Kind, added, records
from django_activejob.testing.selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of jobs that are to be in one of the test adapter's lists."""

    number: int
    kind: Kind
    selection: Selection
    adapter: TestAdapter

    def at_once(self) -> None:
        """Counts all there have been so far.

        Raises:
            AssertionError: it is another number.
        """
        self._compare(self._selected(records(self.adapter, self.kind)))

    @contextmanager
    def around(self) -> Iterator[None]:
        """Counts those that the block adds.

        Raises:
            AssertionError: it is another number.
        """
        with added(self.adapter, self.kind, performed=self.selection) as found:
            yield
        # Performed in the block were only those that are meant.
        self._compare(found if self.kind == "performed" else self._selected(found))

    def _selected(self, found: Sequence[RecordedJob]) -> list[RecordedJob]:
        return [record for record in found if self.selection.includes(record)]

    def _compare(self, found: Sequence[RecordedJob]) -> None:
        actual = len(found)
        if actual != self.number:
            lines = [
                f"{self.number} jobs expected, but {actual} were {self.kind}.",
                f"Expected: {self.number}",
                f"  Actual: {actual}",
                *(f"    {record}" for record in found),
            ]
            raise AssertionError("\n".join(lines))
