"""Which adapter keeps the recurring tasks of which."""

from __future__ import annotations

from dataclasses import dataclass

from django_activejob import conf, handler
from django_activejob.contracts import QueueAdapter, RecurringStore
from django_activejob.errors import ConfigurationError

_PATH = f'{conf.NAME}["RECURRING_STORE"]'


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An adapter that keeps recurring tasks, and where it does."""

    adapter: QueueAdapter
    store: RecurringStore


def place_of(adapter: QueueAdapter) -> Place | None:
    """Where the recurring tasks are kept whose jobs go to an adapter.

    That is the adapter itself, or, if it has no place for them, that of RECURRING_STORE.

    Raises:
        ConfigurationError: RECURRING_STORE names no adapter, or one without such a place.
    """
    store = adapter.recurring()
    if store is not None:
        return Place(adapter=adapter, store=store)
    alias = conf.settings().recurring_store
    return None if alias is None else _place_elsewhere(alias)


def places() -> list[Place]:
    """The adapters of the settings that keep recurring tasks."""
    adapters = dict.fromkeys(handler.adapter(alias) for alias in handler.aliases())
    return [
        Place(adapter=adapter, store=store)
        for adapter in adapters
        if (store := adapter.recurring()) is not None
    ]


def _place_elsewhere(alias: str) -> Place:
    try:
        adapter = handler.adapter(alias)
    except ConfigurationError as error:
        raise ConfigurationError(f"{_PATH}: {error}") from error
    store = adapter.recurring()
    if store is None:
        raise ConfigurationError(
            f"{_PATH}: the {adapter.display_name} adapter keeps no recurring tasks itself. "
            'Name one that does, such as "database".'
        )
    return Place(adapter=adapter, store=store)
