"""What the parts say to each other: values that cross borders, and protocols."""

from __future__ import annotations

from django_activejob.contracts.adapter import QueueAdapter
from django_activejob.contracts.chores import Chore
from django_activejob.contracts.claim import Claim, Settlement
from django_activejob.contracts.envelope import (
    Envelope,
    Limit,
    OnCrash,
    Receipt,
    Throttle,
    Unique,
)
from django_activejob.contracts.execution import (
    CANCELLED,
    ErrorRecord,
    Execution,
    Outcome,
    cancellation,
)
from django_activejob.contracts.inspection import (
    AttemptRecord,
    Count,
    Inspector,
    JobQuery,
    JobRecord,
    Moment,
    Page,
    QueueRecord,
    Repaired,
    Status,
)
from django_activejob.contracts.payload import Payload
from django_activejob.contracts.processes import (
    Buried,
    Command,
    ProcessKind,
    ProcessRecord,
    ProcessRegistry,
)
from django_activejob.contracts.recurring import RecurringStore, RecurringTask, Tick
from django_activejob.contracts.semaphores import SemaphorePage, SemaphoreRecord
from django_activejob.contracts.source import Source
from django_activejob.contracts.tallies import FailureCount, Tally, TallyName, Times

__all__ = [
    "CANCELLED",
    "AttemptRecord",
    "Buried",
    "Chore",
    "Claim",
    "Command",
    "Count",
    "Envelope",
    "ErrorRecord",
    "Execution",
    "FailureCount",
    "Inspector",
    "JobQuery",
    "JobRecord",
    "Limit",
    "Moment",
    "OnCrash",
    "Outcome",
    "Page",
    "Payload",
    "ProcessKind",
    "ProcessRecord",
    "ProcessRegistry",
    "QueueAdapter",
    "QueueRecord",
    "Receipt",
    "RecurringStore",
    "RecurringTask",
    "Repaired",
    "SemaphorePage",
    "SemaphoreRecord",
    "Settlement",
    "Source",
    "Status",
    "Tally",
    "TallyName",
    "Throttle",
    "Tick",
    "Times",
    "Unique",
    "cancellation",
]
