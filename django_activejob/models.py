"""The models, where Django looks for them."""

from __future__ import annotations

from django_activejob.adapters.database.models import (
    Attempt,
    Job,
    Pause,
    Process,
    RecurringTask,
    RecurringTick,
)

__all__ = ["Attempt", "Job", "Pause", "Process", "RecurringTask", "RecurringTick"]
