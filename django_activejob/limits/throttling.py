"""How many jobs with one key start in a period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from django_activejob.contracts import Throttle
from django_activejob.limits.demands import demand, is_count, is_group, is_key, seconds_of
from django_activejob.limits.keys import THROTTLE_KEY_CHARACTERS, Key, key_of

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

J = TypeVar("J", bound="ActiveJob")

_ALL = "all"


def throttle(
    *,
    to: int,
    per: float | timedelta,
    key: Key = _ALL,
    group: str | None = None,
) -> Callable[[type[J]], type[J]]:
    """Lets only so many jobs with one key start in a period; the others wait for the next.

    A period begins with the first start after the last one has ended, and every execution
    counts, retries too. In any span of ``per`` seconds there are fewer than twice ``to``
    starts; for an even pace say ``to=1`` and a short ``per``.

    Args:
        to: how many may start in a period.
        per: how long a period is, in seconds or as a timedelta.
        key: what the jobs share: a name, or a callable that is given what ``perform`` is given.
            A model instance stands for its Global ID. None or an empty text: no throttle.
            Without a key, all jobs of the group share one.
        group: what the key belongs to; the same in several classes, they share the throttle.
            None is the name of the job's class.

    Raises:
        ConfigurationError: an argument makes no sense.
    """
    demand(is_count(to), "throttle", "to", to, "a whole number from 1")
    seconds = seconds_of("throttle", "per", per)
    demand(is_key(key), "throttle", "key", key, "a name or a callable")
    demand(is_group(group), "throttle", "group", group, "a name or None")

    def throttle_for(job: ActiveJob) -> Throttle | None:
        text = key_of(job, key, group=group, most=THROTTLE_KEY_CHARACTERS)
        return None if text is None else Throttle(key=text, to=to, per=seconds)

    def decorate(job_class: type[J]) -> type[J]:
        job_class.throttle_for = staticmethod(throttle_for)
        return job_class

    return decorate
