"""The models, where Django looks for them."""

from __future__ import annotations

from django_activejob.adapters.database.models import (
    Attempt,
    FailureTally,
    Job,
    Pause,
    Process,
    RecurringTask,
    RecurringTick,
    Tally,
)

__all__ = [
    "Attempt",
    "FailureTally",
    "Job",
    "Pause",
    "Process",
    "RecurringTask",
    "RecurringTick",
    "Tally",
]
