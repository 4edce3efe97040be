"""How one execution of a job ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final

from django_activejob.contracts.envelope import Envelope


class Outcome(Enum):
    """The five ways in which an execution can end."""

    PERFORMED = "performed"
    RETRIED = "retried"
    DISCARDED = "discarded"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRecord:
    """An exception as text."""

    class_name: str  # dotted, as in "shop.errors.OutOfStock"; builtins without module
    message: str
    traceback: str = ""  # empty where no code of ours was running, as after a crash


CANCELLED: Final = "django_activejob.errors.JobCancelled"
"""The class of the error with which cancelled jobs are discarded."""


def cancellation(label: str, *, instead_of: str) -> ErrorRecord:
    """The error of a job that would run again, had an operator not cancelled it.

    Args:
        label: the job, for people.
        instead_of: what had happened, as the end of a sentence.
    """
    return ErrorRecord(
        class_name=CANCELLED,
        message=f"{label}: cancelled by an operator, so it does not run again though {instead_of}.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One try at a job, as it goes into the store.

    ``error`` is set for RETRIED and DISCARDED too; ``retry`` is the envelope that
    takes this one's place, set when, and only when, the outcome is RETRIED or INTERRUPTED.
    """

    outcome: Outcome
    started_at: datetime
    seconds: float
    error: ErrorRecord | None = None
    retry: Envelope | None = None
    result: Any = None
