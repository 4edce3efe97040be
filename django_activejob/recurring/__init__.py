"""Jobs on a schedule: what they are, when they are due, and how a tick becomes a job."""

from __future__ import annotations

from django_activejob.recurring.tasks import (
    disable_recurring_task,
    enable_recurring_task,
    run_recurring_task,
    schedule_recurring_task,
    unschedule_recurring_task,
)

__all__ = [
    "disable_recurring_task",
    "enable_recurring_task",
    "run_recurring_task",
    "schedule_recurring_task",
    "unschedule_recurring_task",
]
