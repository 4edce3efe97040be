"""Alias → adapter: one instance for each alias and process."""

from __future__ import annotations

import inspect
import os
import threading
from collections.abc import Mapping
from typing import Any, Final

from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from django_activejob import conf
from django_activejob.contracts import QueueAdapter
from django_activejob.errors import InvalidOptions, UnknownAdapter

BUILT_IN: Final[Mapping[str, str]] = {
    "async": "django_activejob.adapters.thread_pool.AsyncAdapter",
    "database": "django_activejob.adapters.database.DatabaseAdapter",
    "inline": "django_activejob.adapters.inline.InlineAdapter",
    "redis": "django_activejob.adapters.redis.RedisAdapter",
    "test": "django_activejob.adapters.test.TestAdapter",
}

_adapters: dict[str, QueueAdapter] = {}
_lock = threading.Lock()


def adapter(alias: str | None = None) -> QueueAdapter:
    """The adapter behind an alias, a built-in name or a dotted path; made at first use.

    Args:
        alias: None means the setting QUEUE_ADAPTER.

    Raises:
        UnknownAdapter: nothing answers to that name.
        InvalidOptions: its OPTIONS do not fit it.
    """
    name = alias or conf.settings().queue_adapter
    found = _adapters.get(name)
    return found if found is not None else _make_once(name)


def aliases() -> list[str]:
    """The names by which the settings know adapters, the default one first."""
    settings = conf.settings()
    named = [settings.queue_adapter, *settings.adapters]
    named += [worker.adapter for worker in settings.workers if worker.adapter]
    return list(dict.fromkeys(named))


def close() -> None:
    """Lets every adapter take leave of its store: before a fork, at exit."""
    for made in _adapters.values():
        made.close()


def _make_once(name: str) -> QueueAdapter:
    with _lock:
        if name not in _adapters:
            _adapters[name] = _make(name)
        return _adapters[name]


def _make(name: str) -> QueueAdapter:
    entry = conf.settings().adapters.get(name)
    if entry is None:
        return _build(name, {}, path=_path_of(name))
    path = f'{conf.NAME}["ADAPTERS"]["{name}"]'
    return _build(entry.adapter, entry.options, path=path)


def _path_of(name: str) -> str:
    settings = conf.settings()
    if name == settings.queue_adapter:
        return f'{conf.NAME}["QUEUE_ADAPTER"]'
    return f"queue adapter {name!r}"


def _build(name: str, options: Mapping[str, Any], *, path: str) -> QueueAdapter:
    kind = _class_named(name, path)
    try:
        inspect.signature(kind).bind(**options)
    except TypeError as error:
        raise InvalidOptions(_about_options(kind, options, path, error)) from error
    return kind(**options)


def _class_named(name: str, path: str) -> type[QueueAdapter]:
    dotted = BUILT_IN.get(name, name)
    if "." not in dotted:
        known = [*BUILT_IN, *conf.settings().adapters]
        hint = conf.nearest(name, known)
        raise UnknownAdapter(
            f"{path}: {name!r} is no queue adapter. {hint} "
            "An adapter of your own is named by its dotted path."
        )
    try:
        kind = import_string(dotted)
    except ImportError as error:
        raise UnknownAdapter(f"{path}: {dotted!r} cannot be imported: {error}") from error
    if not (isinstance(kind, type) and issubclass(kind, QueueAdapter)):
        raise UnknownAdapter(f"{path}: {dotted!r} is not a subclass of QueueAdapter.")
    return kind


def _about_options(
    kind: type[QueueAdapter], options: Mapping[str, Any], path: str, error: TypeError
) -> str:
    known = list(inspect.signature(kind).parameters)
    for key in options:
        if key not in known:
            hint = conf.nearest(key, known) if known else "This adapter takes no options."
            return f'{path}["OPTIONS"]["{key}"]: {kind.__name__} has no such option. {hint}'
    return f'{path}["OPTIONS"]: {error}.'


def _forget_after_fork() -> None:
    for made in _adapters.values():
        made.forget()
    _adapters.clear()


def _forget_after_change(*, setting: str, **_: Any) -> None:
    # Not closed: a test that changes settings may stand in a transaction of theirs.
    if setting == conf.NAME:
        _adapters.clear()


os.register_at_fork(after_in_child=_forget_after_fork)
setting_changed.connect(_forget_after_change, dispatch_uid="django_activejob.handler")
