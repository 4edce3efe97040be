"""System checks: what is wrong with the settings, before anything runs."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings as django_settings
from django.core import checks

from django_activejob import conf, handler
from django_activejob.adapters.inline import InlineAdapter
from django_activejob.adapters.test import TestAdapter
from django_activejob.adapters.thread_pool import AsyncAdapter
from django_activejob.contracts import QueueAdapter
from django_activejob.errors import ConfigurationError
from django_activejob.job import capabilities, registry
from django_activejob.job.enqueuing import adapter_of
from django_activejob.mail.checks import check_mail
from django_activejob.recurring import tasks

TAG = "activejob"

# To claim, to settle, to beat, to do chores and to keep the schedule.
_OWN_CONNECTIONS = 5

_WITHOUT_STORE = (AsyncAdapter, InlineAdapter, TestAdapter)


def register() -> None:
    """Adds our checks to Django's."""
    checks.register(check_settings, TAG)
    checks.register(check_adapters, TAG)
    checks.register(check_job_classes, TAG)
    checks.register(check_recurring_tasks, TAG)
    checks.register(check_command, TAG)
    checks.register(check_connections, TAG)
    checks.register(check_mail, TAG)
    checks.register(check_deployment, TAG, deploy=True)


def check_settings(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[checks.CheckMessage]:
    """E001: a key of ``ACTIVE_JOB`` is unknown, or its value cannot be used."""
    return [
        checks.Error(f"{problem.path}: {problem.message}", hint=problem.hint, id="activejob.E001")
        for problem in conf.problems()
    ]


def check_adapters(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[checks.CheckMessage]:
    """E002: a queue adapter cannot be made; and what adapters say of themselves."""
    if conf.problems():
        return []
    found: list[checks.CheckMessage] = []
    for alias in handler.aliases():
        try:
            found.extend(handler.adapter(alias).check())
        except ConfigurationError as error:
            found.append(checks.Error(str(error), id="activejob.E002"))
    return found


def check_job_classes(
    app_configs: Sequence[AppConfig] | None, **_: Any
) -> list[checks.CheckMessage]:
    """E003: two classes with one name. W001: a class whose adapter no worker serves.

    E006: a class has a throttle that its adapter does not keep, so its jobs are refused.

    W003: a class asks for a limit, for uniqueness or for retries that its adapter does not keep.
    """
    if conf.problems():
        return []
    return [*_clashes(), *_adapters_of_classes()]


def check_recurring_tasks(
    app_configs: Sequence[AppConfig] | None, **_: Any
) -> list[checks.CheckMessage]:
    """E005: a recurring task has no good schedule, an unknown job class, or wrong arguments."""
    if conf.problems():
        return []
    return [
        checks.Error(f"{problem.path}: {problem.message}", id="activejob.E005")
        for problem in tasks.problems()
    ]


def check_command(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[checks.CheckMessage]:
    """E004: another app's ``runjobs`` command hides ours."""
    for app in apps.get_app_configs():
        if app.name == "django_activejob":
            break
        # Django takes a command from the first app that has it.
        if Path(app.path, "management", "commands", "runjobs.py").exists():
            return [_hidden_by(app)]
    return []


def check_connections(
    app_configs: Sequence[AppConfig] | None, **_: Any
) -> list[checks.CheckMessage]:
    """W004: a pool of connections is smaller than what one process of a worker needs."""
    if conf.problems():
        return []
    return list(_small_pools())


def check_deployment(
    app_configs: Sequence[AppConfig] | None, **_: Any
) -> list[checks.CheckMessage]:
    """W002: in production, the default adapter keeps no jobs: async, inline or test."""
    if django_settings.DEBUG or conf.problems():
        return []
    try:
        adapter = handler.adapter()
    except ConfigurationError:
        return []  # check_adapters tells
    return [_keeps_no_jobs(adapter)] if isinstance(adapter, _WITHOUT_STORE) else []


def _small_pools() -> Iterator[checks.CheckMessage]:
    for place, worker in enumerate(conf.settings().workers):
        try:
            alias = handler.adapter(worker.adapter).transaction_alias
        except ConfigurationError:
            continue  # check_adapters tells
        size, needed = _pool_size(alias), worker.threads + _OWN_CONNECTIONS
        if size is not None and size < needed:
            yield checks.Warning(
                f'{conf.NAME}["WORKERS"][{place}]: one process needs up to {needed} connections '
                f"({worker.threads} threads, and {_OWN_CONNECTIONS} of its own), and the pool of "
                f"DATABASES[{alias!r}] holds {size}; jobs would wait for one in vain.",
                hint=f'Make "max_size" of its OPTIONS["pool"] {needed} or more, or take fewer '
                "threads.",
                id="activejob.W004",
            )


def _pool_size(alias: str | None) -> int | None:
    pool = django_settings.DATABASES.get(alias or "", {}).get("OPTIONS", {}).get("pool")
    if not pool:
        return None
    said = pool if isinstance(pool, dict) else {}
    # As psycopg_pool has it: without a greatest size, the smallest, which is 4.
    return int(said.get("max_size") or said.get("min_size", 4))


def _keeps_no_jobs(adapter: QueueAdapter) -> checks.CheckMessage:
    return checks.Warning(
        f'{conf.NAME}["QUEUE_ADAPTER"]: the {adapter.display_name} adapter is for development '
        "and tests; it keeps no job beyond the life of its process.",
        hint='Use an adapter that stores jobs, such as "database", where DEBUG is False.',
        id="activejob.W002",
    )


def _hidden_by(app: AppConfig) -> checks.CheckMessage:
    return checks.Error(
        f"INSTALLED_APPS: the command `runjobs` of {app.name!r} hides that of 'django_activejob'.",
        hint=f"Put 'django_activejob' before {app.name!r}, or run `python -m django_activejob`.",
        id="activejob.E004",
    )


def _clashes() -> Iterator[checks.CheckMessage]:
    for clash in registry.clashes():
        places = f"{registry.place_of(clash.first)} and {registry.place_of(clash.second)}"
        yield checks.Error(
            f"{clash.name}: two job classes have this name, in {places}.",
            hint="Rename one of them, or give one a wire_name of its own.",
            id="activejob.E003",
        )


def _adapters_of_classes() -> Iterator[checks.CheckMessage]:
    served = _served()
    for job_class in registry.classes():
        if job_class.queue_adapter is None and not _has_default():
            continue  # said once, by check_adapters
        try:
            adapter = adapter_of(job_class)
        except ConfigurationError as error:
            name = registry.name_of(job_class)
            yield checks.Error(f"{name}.queue_adapter: {error}", id="activejob.E002")
        else:
            yield from _unserved(job_class, adapter, served)
            yield from _not_kept(job_class, adapter)


def _not_kept(job_class: Any, adapter: QueueAdapter) -> Iterator[checks.CheckMessage]:
    if capabilities.lacks_throttles(job_class, adapter):
        name, advice = registry.name_of(job_class), capabilities.throttle_advice(adapter)
        yield checks.Error(f"{name}: {advice}", id="activejob.E006")
    for option in capabilities.options_not_kept(job_class, adapter):
        yield checks.Warning(
            f"{registry.name_of(job_class)}: {option} has no effect with the "
            f"{adapter.display_name} adapter, which does not support it.",
            hint='Use an adapter that does: "database" for limits, "redis" for its own retries.',
            id="activejob.W003",
        )


def _has_default() -> bool:
    try:
        handler.adapter()
    except ConfigurationError:
        return False
    return True


def _served() -> list[QueueAdapter]:
    found = []
    for worker in conf.settings().workers:
        try:
            found.append(handler.adapter(worker.adapter))
        except ConfigurationError:
            continue  # check_adapters tells
    return found


def _unserved(
    job_class: Any, adapter: QueueAdapter, served: Sequence[QueueAdapter]
) -> Iterator[checks.CheckMessage]:
    needs_worker = type(adapter).source is not QueueAdapter.source
    if needs_worker and adapter not in served and not inspect.isabstract(job_class):
        yield checks.Warning(
            f"{registry.name_of(job_class)}: no worker serves its queue adapter "
            f"({adapter.display_name}), so its jobs would wait for ever.",
            hint=f'Add {{"adapter": …}} for it to {conf.NAME}["WORKERS"].',
            id="activejob.W001",
        )
