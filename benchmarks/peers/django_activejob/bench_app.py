"""django_activejob as it comes: default settings, every index, one attempt record a failure.

The worker has 5 threads, as many as the default; it polls each 0.1 s and on PostgreSQL
also listens, both as by default. Finished jobs stay in the table for a day, as by default;
the peers that drop theirs are configured to.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import django

django.setup()

from benched.jobs import RecordJob  # noqa: E402

from django_activejob import perform_all_later  # noqa: E402


def enqueue(kind: str, number: int, milliseconds: int) -> None:
    """Enqueues one job."""
    if milliseconds:
        RecordJob.perform_later(number, milliseconds)
    else:
        RecordJob.perform_later(number)


def enqueue_bulk(kind: str, numbers: Iterable[int], milliseconds: int) -> None:
    """Enqueues many jobs with one call."""
    more = (milliseconds,) if milliseconds else ()
    perform_all_later(RecordJob(number, *more) for number in numbers)


def enqueue_at(number: int, when: datetime) -> None:
    """Enqueues one job for later."""
    RecordJob.set(wait_until=when).perform_later(number)
