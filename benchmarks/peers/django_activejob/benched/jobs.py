"""The job that is measured: it leaves the harness's record, and does nothing else."""

from __future__ import annotations

from record import work  # the harness's own

from django_activejob import ActiveJob


class RecordJob(ActiveJob):
    """Sleeps if it is asked to, then writes sixteen bytes."""

    def perform(self, number: int, milliseconds: int = 0) -> None:
        """Leaves a record."""
        work(number, milliseconds)
