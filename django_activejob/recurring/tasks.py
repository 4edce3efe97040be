"""The recurring tasks: those of the settings, and those made at run time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, NotRequired, TypedDict, Unpack

from django_activejob import conf
from django_activejob.conf import Misfire, RecurringSettings
from django_activejob.contracts import QueueAdapter, RecurringStore, RecurringTask
from django_activejob.errors import (
    ActiveJobError,
    ConfigurationError,
    RecurringTaskError,
)
from django_activejob.job import registry
from django_activejob.job.base import ActiveJob
from django_activejob.job.enqueuing import adapter_of
from django_activejob.recurring.definition import defined
from django_activejob.recurring.keeping import Place, place_of, places
from django_activejob.recurring.ticking import run_now


class Options(TypedDict):
    """What an entry of ``RECURRING`` may say, beside ``job``."""

    schedule: NotRequired[str]
    every: NotRequired[float | timedelta]
    args: NotRequired[Sequence[Any]]
    kwargs: NotRequired[Mapping[str, Any]]
    queue: NotRequired[str]
    priority: NotRequired[int]
    misfire: NotRequired[Misfire]
    grace: NotRequired[float]
    enabled: NotRequired[bool]
    description: NotRequired[str]


def schedule_recurring_task(
    key: str, job: type[ActiveJob] | str, **options: Unpack[Options]
) -> RecurringTask:
    """Adds a recurring task at run time, or replaces one, as Solid Queue's method of this name.

    Running schedulers notice it within a few seconds.

    Args:
        job: a job class, or its name in payloads.
        options: as in the setting RECURRING.

    Raises:
        ConfigurationError: an option is wrong (InvalidSchedule: the schedule is none).
        UnknownJobClass: there is no such job class.
        SerializationError, TypeError: the arguments do not fit.
        RecurringTaskError: the settings declare a task with this key, or the job's adapter
            keeps no recurring tasks.
        AdapterUnavailable: the store cannot be reached.
    """
    if not conf.is_recurring_key(key):
        raise ConfigurationError(f"{str(key)[:40]!r} is no key for a recurring task.")
    name = job if isinstance(job, str) else registry.name_of(job)
    path = f"The recurring task {key!r}"
    definition = defined(conf.read_recurring({"job": name, **options}, path))
    task = RecurringTask(
        key=key,
        definition=definition.written(),
        is_static=False,
        is_enabled=definition.enabled,
    )
    if not _store_for(name).add(task):
        raise RecurringTaskError(
            f"{path} stands in the settings; change it there, or take another key."
        )
    return task


def unschedule_recurring_task(key: str) -> None:
    """Removes a recurring task that was made at run time.

    Raises:
        RecurringTaskError: there is none; those of the settings are removed there.
        AdapterUnavailable: the store cannot be reached.
    """
    if not any(place.store.remove(key) for place in places()):
        raise RecurringTaskError(
            f"There is no recurring task {key!r} that was made at run time. A task of the "
            "settings is removed there."
        )


def enable_recurring_task(key: str) -> None:
    """Lets a recurring task tick again; what was missed meanwhile is not caught up with.

    Raises:
        RecurringTaskError: there is none with this key.
    """
    _find(key)[0].store.enable(key, True)


def disable_recurring_task(key: str) -> None:
    """Lets a recurring task tick no more, from now on and without a restart.

    Raises:
        RecurringTaskError: there is none with this key.
    """
    _find(key)[0].store.enable(key, False)


def run_recurring_task(key: str) -> ActiveJob | Literal[False]:
    """Enqueues the job of a recurring task now; see ``ticking.run_now``.

    Raises:
        RecurringTaskError: there is none with this key.
    """
    _, task = _find(key)
    return run_now(task)


def declared(adapter: QueueAdapter) -> list[RecurringTask]:
    """The tasks of the settings that an adapter keeps: for its own jobs, or for others'.

    Tasks that cannot be understood are left out: ``problems`` tells them.
    """
    return [
        task for task in map(_declared, *_items()) if task is not None and _is_of(task, adapter)
    ]


def problems() -> Iterator[conf.Problem]:
    """What is wrong with the tasks of the settings beyond their form, for the system checks."""
    for key, task in conf.settings().recurring.items():
        path = f'{conf.NAME}["RECURRING"]["{key}"]'
        try:
            defined(task)
            _store_for(task.job)
        except (ActiveJobError, TypeError) as error:
            yield conf.Problem(path=path, message=str(error))


def _items() -> tuple[Sequence[str], Sequence[RecurringSettings]]:
    tasks = conf.settings().recurring
    return list(tasks), list(tasks.values())


def _declared(key: str, task: RecurringSettings) -> RecurringTask | None:
    try:
        definition = defined(task)
    except (ActiveJobError, TypeError):
        return None
    return RecurringTask(key=key, definition=definition.written(), is_enabled=definition.enabled)


def _is_of(task: RecurringTask, adapter: QueueAdapter) -> bool:
    place = place_of(adapter_of(registry.find(task.definition["job"])))
    return place is not None and place.adapter is adapter


def _store_for(job_class: str) -> RecurringStore:
    adapter = adapter_of(registry.find(job_class))
    place = place_of(adapter)
    if place is None:
        raise RecurringTaskError(
            f"{job_class}: its queue adapter ({adapter.display_name}) keeps no recurring tasks. "
            f'Use one that does, such as "database", or name one that does it for others in '
            f'{conf.NAME}["RECURRING_STORE"].'
        )
    return place.store


def _find(key: str) -> tuple[Place, RecurringTask]:
    for place in places():
        task = place.store.find(key)
        if task is not None:
            return place, task
    raise RecurringTaskError(f"There is no recurring task {key!r}.")
