"""Errors, and the executions that ended with them, as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from django_activejob.contracts import AttemptRecord, ErrorRecord
from django_activejob.dashboard.text import shortened, visible
from django_activejob.dashboard.times import Moment, duration, moment

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST_MESSAGE: Final = 10_000
LONGEST_TRACEBACK: Final = 200_000

_OUTCOMES: Final[Mapping[str, _StrPromise]] = {
    "performed": _("Performed"),
    "retried": _("Retried"),
    "discarded": _("Discarded"),
    "interrupted": _("Interrupted"),
    "failed": _("Failed"),
    "crashed": _("Crashed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorText:
    """An error as a page shows it."""

    class_name: str
    message: str
    traceback: str

    @classmethod
    def of(cls, error: ErrorRecord) -> ErrorText:
        """The texts of an error, visible and bounded."""
        return cls(
            class_name=visible(error.class_name),
            message=shortened(error.message, LONGEST_MESSAGE),
            traceback=shortened(error.traceback, LONGEST_TRACEBACK),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One execution that did not end well, as a line of a table."""

    number: int
    outcome: str
    started: Moment | None
    run_time: str
    error: ErrorText | None

    @classmethod
    def of(cls, attempt: AttemptRecord) -> AttemptRow:
        """The line for an execution."""
        return cls(
            number=attempt.number,
            outcome=str(_OUTCOMES.get(attempt.outcome, visible(attempt.outcome))),
            started=moment(attempt.started_at),
            run_time=duration(attempt.seconds),
            error=ErrorText.of(attempt.error) if attempt.error else None,
        )
