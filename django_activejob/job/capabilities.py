"""What a class asks for and its adapter cannot do: said once, or refused."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django_activejob.contracts import Envelope, QueueAdapter
from django_activejob.errors import ConfigurationError
from django_activejob.job import registry

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

logger = logging.getLogger(__name__)

_told: set[tuple[type[ActiveJob], str, str]] = set()
_lock = threading.Lock()  # guards _told


def tell_what_is_not_kept(
    job_class: type[ActiveJob], envelope: Envelope, adapter: QueueAdapter
) -> None:
    """Warns, once for each class, of a limit, a lock or retries that the adapter does not keep."""
    if envelope.limit is None and envelope.unique is None and not job_class.retry:
        return
    for option in options_not_kept(job_class, adapter):
        if _is_news((job_class, option, adapter.display_name)):
            logger.warning(
                "%s: %s has no effect, because the %s adapter does not support it; "
                "the job is enqueued all the same.",
                registry.name_of(job_class),
                option,
                adapter.display_name,
            )


def refuse_what_has_to_be_kept(
    job_class: type[ActiveJob], envelope: Envelope, adapter: QueueAdapter
) -> None:
    """Refuses a throttled job that its adapter would start at any rate.

    A limit that is not kept makes a job wait too little; a throttle stands for what somebody
    else allows, who may answer with a ban.

    Raises:
        ConfigurationError: the adapter keeps no throttle.
    """
    if envelope.throttle is not None and lacks_throttles(job_class, adapter):
        raise ConfigurationError(f"{registry.name_of(job_class)}: {throttle_advice(adapter)}")


def lacks_throttles(job_class: type[ActiveJob], adapter: QueueAdapter) -> bool:
    """Whether the jobs of a class have a throttle that the adapter does not keep."""
    is_kept = adapter.supports_throttles or adapter.runs_at_once
    return job_class.throttle_for is not None and not is_kept


def throttle_advice(adapter: QueueAdapter) -> str:
    """What is wrong with a throttle on this adapter, and what to do."""
    return (
        f"@throttle asks for a rate that the {adapter.display_name} adapter does not keep. Give "
        'the class a queue_adapter that does, such as "database", or take the decorator away.'
    )


def options_not_kept(job_class: type[ActiveJob], adapter: QueueAdapter) -> Iterator[str]:
    """The decorators and attributes of the class that have no effect with an adapter."""
    if job_class.limit_for is not None and not adapter.supports_limits:
        yield "@limits_concurrency"
    if job_class.unique_lock_for is not None and not adapter.supports_unique:
        yield "@unique_for"
    if job_class.retry and not adapter.supports_retry:
        yield f"retry = {job_class.retry}"


def _is_news(fact: tuple[type[ActiveJob], str, str]) -> bool:
    with _lock:
        is_news = fact not in _told
        _told.add(fact)
    return is_news
