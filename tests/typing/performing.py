"""How jobs type-check: read by mypy, never run.

``assert_type`` says what must be understood; a line with ``type: ignore`` must be
refused with that code, for mypy complains about an ignore that is not needed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal, assert_type

from django_activejob import ActiveJob, discard_on, queue_as, queue_with_priority, retry_on


@retry_on(ConnectionError, wait="polynomially_longer", attempts=10)
@discard_on(LookupError)
@queue_with_priority(5)
@queue_as("reports")
class ReportJob(ActiveJob):
    def perform(self, account: int, *, title: str = "") -> None:
        assert_type(self.job_id, str)


class DownloadJob(ActiveJob):
    async def perform(self, uri: str) -> None: ...


def what_is_understood() -> None:
    assert_type(ReportJob.perform_later(1, title="May"), ActiveJob | Literal[False])
    assert_type(ReportJob.perform_in(30, 1), ActiveJob | Literal[False])
    assert_type(ReportJob.perform_at(datetime.now(UTC), 1), ActiveJob | Literal[False])
    ReportJob.set(wait=timedelta(hours=1), queue="low").perform_later(1, title="May")
    ReportJob.perform_now(1)
    DownloadJob.perform_later("https://example.com")


def what_is_refused() -> None:
    ReportJob.perform_later("one")  # type: ignore[arg-type] # must be refused: not an int
    ReportJob.perform_later()  # type: ignore[call-arg] # must be refused: no account
    ReportJob.perform_later(1, "x")  # type: ignore[call-arg] # must be refused: one too many
    ReportJob.perform_later(1, name="x")  # type: ignore[call-arg] # must be refused: no such name
    ReportJob.perform_in(30, "one")  # type: ignore[arg-type] # must be refused: not an int
    ReportJob.perform_now("one")  # type: ignore[arg-type] # must be refused: not an int
    ReportJob.set(wait="soon").perform_later(1)  # type: ignore[arg-type] # must be refused: no time
    ReportJob.set(wait=1).perform_later("one")  # type: ignore[arg-type] # must be refused: not int
    DownloadJob.perform_later(404)  # type: ignore[arg-type] # must be refused: not a str


async def what_async_code_may_write() -> None:
    assert_type(await ReportJob.aperform_later(1), ActiveJob | Literal[False])
    await ReportJob.set(priority=1).aperform_later(1)
    await ReportJob.aperform_later("one")  # type: ignore[arg-type] # must be refused: not an int
