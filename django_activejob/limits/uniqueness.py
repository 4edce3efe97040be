"""For how long a job is the only one of its kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeVar

from django_activejob.contracts import Unique
from django_activejob.limits.demands import demand, is_key, seconds_of
from django_activejob.limits.keys import Key, arguments_key, key_of

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

J = TypeVar("J", bound="ActiveJob")
Until = Literal["start", "finish", "expiry"]


def unique_for(
    seconds: float | timedelta, *, key: Key | None = None, until: Until = "finish"
) -> Callable[[type[J]], type[J]]:
    """Refuses a job (DuplicateJob) while another one with its key holds the lock.

    Args:
        seconds: for how long the lock holds at most, as a number or a timedelta.
        key: a name, or a callable that is given what ``perform`` is given; None or an empty
            text from it: not unique. Without a key, jobs with equal arguments are the same.
        until: the lock ends when the job starts ("start"), when it has come to its final end,
            after all retries ("finish"), or only with its time ("expiry").

    Raises:
        ConfigurationError: an argument makes no sense.
    """
    demand(key is None or is_key(key), "unique_for", "key", key, "a name, a callable or None")
    longest = seconds_of("unique_for", "seconds", seconds)
    demand(
        until in ("start", "finish", "expiry"),
        "unique_for",
        "until",
        until,
        '"start", "finish" or "expiry"',
    )

    def unique_lock_for(job: ActiveJob) -> Unique | None:
        text = arguments_key(job) if key is None else key_of(job, key, group=None)
        return None if text is None else Unique(key=text, seconds=longest, until=until)

    def decorate(job_class: type[J]) -> type[J]:
        job_class.unique_lock_for = staticmethod(unique_lock_for)
        return job_class

    return decorate
