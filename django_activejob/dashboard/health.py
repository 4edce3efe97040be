"""Whether jobs can be enqueued, and whether somebody performs them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from django_activejob import conf, handler
from django_activejob.contracts import Inspector
from django_activejob.dashboard.serving import live_workers
from django_activejob.errors import AdapterUnavailable

logger = logging.getLogger(__name__)


def stores_answer() -> bool:
    """Whether every adapter that can be looked at reaches its store."""
    return _all(handler.aliases(), lambda inspector: inspector.processes() is not None)


def workers_live() -> bool:
    """Whether each adapter that ``runjobs`` works for has a worker that beats and takes jobs."""
    settings = conf.settings()
    aliases = dict.fromkeys(worker.adapter or settings.queue_adapter for worker in settings.workers)
    return _all(aliases, lambda inspector: bool(live_workers(inspector.processes())))


def _all(aliases: Iterable[str], is_well: Callable[[Inspector], bool]) -> bool:
    return all(_is_well(alias, is_well) for alias in aliases)


def _is_well(alias: str, is_well: Callable[[Inspector], bool]) -> bool:
    inspector = handler.adapter(alias).inspector()
    if inspector is None:
        return True
    try:
        return is_well(inspector)
    except AdapterUnavailable as error:
        logger.warning("The adapter %s cannot be reached: %s", alias, error)
        return False
