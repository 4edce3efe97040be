"""How many jobs with one key run at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from django_activejob.contracts import Limit
from django_activejob.limits.demands import demand, is_count, is_group, is_key, seconds_of
from django_activejob.limits.keys import Key, key_of

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

J = TypeVar("J", bound="ActiveJob")
OnConflict = Literal["block", "discard"]

DURATION: Final = 180.0  # seconds, as in Solid Queue


def limits_concurrency(
    *,
    key: Key,
    to: int = 1,
    duration: float | timedelta = DURATION,
    group: str | None = None,
    on_conflict: OnConflict = "block",
) -> Callable[[type[J]], type[J]]:
    """Lets only so many jobs with one key run at once, as Solid Queue's ``limits_concurrency``.

    Args:
        key: what the jobs share: a name, or a callable that is given what ``perform`` is given.
            A model instance stands for its Global ID. None or an empty text: no limit.
        to: how many may be ready or running at once.
        duration: seconds, or a timedelta, after which a job that still runs no longer counts.
        group: what the key belongs to; the same in several classes, they share the limit.
            None is the name of the job's class.
        on_conflict: "block" lets the others wait, "discard" refuses them (ConcurrencyConflict).

    Raises:
        ConfigurationError: an argument makes no sense.
    """
    demand(is_key(key), "limits_concurrency", "key", key, "a name or a callable")
    demand(is_count(to), "limits_concurrency", "to", to, "a whole number from 1")
    seconds = seconds_of("limits_concurrency", "duration", duration)
    demand(is_group(group), "limits_concurrency", "group", group, "a name or None")
    demand(
        on_conflict in ("block", "discard"),
        "limits_concurrency",
        "on_conflict",
        on_conflict,
        '"block" or "discard"',
    )

    def limit_for(job: ActiveJob) -> Limit | None:
        text = key_of(job, key, group=group)
        if text is None:
            return None
        return Limit(key=text, to=to, duration=seconds, on_conflict=on_conflict)

    def decorate(job_class: type[J]) -> type[J]:
        job_class.limit_for = staticmethod(limit_for)
        return job_class

    return decorate
