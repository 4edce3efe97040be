"""What an adapter is handed: a payload with the facts that route it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django_activejob.contracts.payload import Payload
from django_activejob.errors import EnqueueError

OnCrash = Literal["retry", "fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many jobs that share ``key`` may run at once."""

    key: str
    to: int
    duration: float  # seconds after which a holder no longer counts
    on_conflict: Literal["block", "discard"] = "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """How many jobs that share ``key``, of 240 characters at most, may start in a period.

    A period begins with the first start after the last one has ended. What a claim gives is
    a start; a claim that is released without having started gives its place back.
    """

    key: str
    to: int
    per: float  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Unique:
    """For how long no second job with ``key`` is accepted."""

    key: str
    seconds: float
    until: Literal["start", "finish", "expiry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A job as adapters see it.

    A storing adapter keeps every field and gives it back in the claim.
    ``scheduled_at`` None means now; a smaller ``priority`` is sooner; ``extra``
    holds the adapter's own wire fields and is carried into a retry.
    """

    payload: Payload
    queue_name: str
    priority: int = 0
    scheduled_at: datetime | None = None
    limit: Limit | None = None
    throttle: Throttle | None = None
    unique: Unique | None = None
    batch_id: str | None = None
    recurring_key: str | None = None
    on_crash: OnCrash = "retry"
    keep_result: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one envelope of ``enqueue_all``; an error means that it was refused."""

    provider_job_id: str | None = None
    error: EnqueueError | None = None
