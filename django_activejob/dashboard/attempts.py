"""Errors, and the executions that ended with them, as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from django_activejob.contracts import AttemptRecord, ErrorRecord
from django_activejob.dashboard.text import shortened, visible
from django_activejob.dashboard.times import Moment, duration, moment
from django_activejob.job import backtrace
from django_activejob.job.masking import without

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
    "set_aside": _("Set aside"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorText:
    """An error as a page shows it."""

    class_name: str
    message: str
    traceback: str
    cleaned: str  # the traceback without libraries; empty where that is all of it

    @classmethod
    def of(cls, error: ErrorRecord, *, secrets: frozenset[str] = frozenset()) -> ErrorText:
        """The texts of an error, visible and bounded, with masks for secrets."""
        traceback = shortened(without(secrets, error.traceback), LONGEST_TRACEBACK)
        cleaned = backtrace.cleaned_text(traceback)
        return cls(
            class_name=visible(error.class_name),
            message=shortened(without(secrets, error.message), LONGEST_MESSAGE),
            traceback=traceback,
            cleaned=cleaned if cleaned != traceback else "",
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
    def of(cls, attempt: AttemptRecord, *, secrets: frozenset[str] = frozenset()) -> AttemptRow:
        """The line for an execution."""
        return cls(
            number=attempt.number,
            outcome=str(_OUTCOMES.get(attempt.outcome, visible(attempt.outcome))),
            started=moment(attempt.started_at),
            run_time=duration(attempt.seconds),
            error=ErrorText.of(attempt.error, secrets=secrets) if attempt.error else None,
        )
