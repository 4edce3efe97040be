"""The seven statuses in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from django_activejob.contracts import JobRecord, Status

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusWords:
    """How a status is called; ``time`` heads the column of the field ``moment``."""

    label: _StrPromise
    time: _StrPromise
    moment: str
    empty: _StrPromise
    meaning: _StrPromise


WORDS: Final[Mapping[Status, StatusWords]] = {
    "scheduled": StatusWords(
        label=_("Scheduled"),
        time=_("Due"),
        moment="scheduled_at",
        empty=_("No scheduled jobs."),
        meaning=_("A job that was given a time in the future waits here until it is due."),
    ),
    "blocked": StatusWords(
        label=_("Blocked"),
        time=_("Enqueued"),
        moment="enqueued_at",
        empty=_("No blocked jobs."),
        meaning=_("A job waits here while others that share its limit are running."),
    ),
    "ready": StatusWords(
        label=_("Ready"),
        time=_("Enqueued"),
        moment="enqueued_at",
        empty=_("No ready jobs."),
        meaning=_("Every job that was due has been taken by a worker: nothing waits."),
    ),
    "running": StatusWords(
        label=_("Running"),
        time=_("Started"),
        moment="claimed_at",
        empty=_("No running jobs."),
        meaning=_("No worker has a job in its hands at this moment."),
    ),
    "retrying": StatusWords(
        label=_("Retrying"),
        time=_("Next try"),
        moment="scheduled_at",
        empty=_("No retrying jobs."),
        meaning=_("A job that raised an error and has tries left waits here for its next one."),
    ),
    "failed": StatusWords(
        label=_("Failed"),
        time=_("Failed"),
        moment="failed_at",
        empty=_("No failed jobs."),
        meaning=_(
            "A job stays here when it raised an error that is not, or no longer, retried. "
            "It is kept until someone retries or discards it."
        ),
    ),
    "finished": StatusWords(
        label=_("Finished"),
        time=_("Finished"),
        moment="finished_at",
        empty=_("No finished jobs."),
        meaning=_("Jobs that have ended stay here for a while, then they are cleared away."),
    ),
}


def moment_of(record: JobRecord) -> datetime | None:
    """The time that matters most about a job in its present status."""
    at: datetime | None = getattr(record, WORDS[record.status].moment)
    return at
