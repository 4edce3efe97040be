"""What a class asks for and its adapter cannot do: said once, and no job is refused for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django_activejob.contracts import Envelope, QueueAdapter
from django_activejob.job import registry

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

logger = logging.getLogger(__name__)

_told: set[tuple[type[ActiveJob], str, str]] = set()
_lock = threading.Lock()  # guards _told


def tell_what_is_not_kept(
    job_class: type[ActiveJob], envelope: Envelope, adapter: QueueAdapter
) -> None:
    """Warns, once for each class, of a limit or a lock that the adapter does not keep."""
    if envelope.limit is None and envelope.unique is None:
        return
    for decorator in decorators_not_kept(job_class, adapter):
        if _is_news((job_class, decorator, adapter.display_name)):
            logger.warning(
                "%s: %s has no effect, because the %s adapter does not support it; "
                "the job is enqueued all the same.",
                registry.name_of(job_class),
                decorator,
                adapter.display_name,
            )


def decorators_not_kept(job_class: type[ActiveJob], adapter: QueueAdapter) -> Iterator[str]:
    """The names of the class's decorators that have no effect with an adapter."""
    if job_class.limit_for is not None and not adapter.supports_limits:
        yield "@limits_concurrency"
    if job_class.unique_lock_for is not None and not adapter.supports_unique:
        yield "@unique_for"


def _is_news(fact: tuple[type[ActiveJob], str, str]) -> bool:
    with _lock:
        is_news = fact not in _told
        _told.add(fact)
    return is_news
