"""Job classes by their name on the wire.

Classes register when they are created and are named at first use: the app registry,
which the names come from, may not be ready before.
"""

from __future__ import annotations

import inspect
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps

from django_activejob.errors import UnknownJobClass

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Two job classes that claim one name; the first has it."""

    name: str
    first: type[ActiveJob]
    second: type[ActiveJob]


_unnamed: list[type[ActiveJob]] = []
_classes: dict[str, type[ActiveJob]] = {}
_names: dict[type[ActiveJob], str] = {}
_clashes: list[Clash] = []
_lock = threading.RLock()  # guards the four above


def register(job_class: type[ActiveJob]) -> None:
    """Notes a class that has just been created."""
    _unnamed.append(job_class)


def name_of(job_class: type[ActiveJob]) -> str:
    """The name of a class in payloads.

    ``wire_name`` when the class itself has one; ``app_label.QualifiedName`` inside an
    installed app, so that moving a module within its app breaks nothing; else the dotted path.
    """
    name = _names.get(job_class)
    if name is None:
        name = _names[job_class] = _make_name(job_class)
    return name


def find(name: str) -> type[ActiveJob]:
    """The class behind a name or an alias.

    Raises:
        UnknownJobClass: no registered class answers to it.
    """
    if _unnamed:
        _name_all()
    try:
        return _classes[name]
    except (KeyError, TypeError):
        raise UnknownJobClass(str(name)) from None


def is_known(name: str) -> bool:
    """Whether this process could make a job from this name."""
    if _unnamed:
        _name_all()
    return name in _classes


def names() -> frozenset[str]:
    """All names and aliases."""
    if _unnamed:
        _name_all()
    return frozenset(_classes)


def classes() -> list[type[ActiveJob]]:
    """All registered classes, each once."""
    if _unnamed:
        _name_all()
    return list(dict.fromkeys(_classes.values()))


def clashes() -> list[Clash]:
    """Names that two classes claim, for the system checks."""
    if _unnamed:
        _name_all()
    return list(_clashes)


def place_of(job_class: type[ActiveJob]) -> str:
    """The file in which a class is written, for people."""
    try:
        return inspect.getfile(job_class)
    except (TypeError, OSError):
        return job_class.__module__


def _make_name(job_class: type[ActiveJob]) -> str:
    own_name = job_class.__dict__.get("wire_name")
    if own_name:
        return str(own_name)
    app = apps.get_containing_app_config(job_class.__module__)
    prefix = app.label if app else job_class.__module__
    return f"{prefix}.{job_class.__qualname__}"


def _name_all() -> None:
    apps.check_apps_ready()
    with _lock:
        while _unnamed:
            job_class = _unnamed.pop(0)
            for name in (name_of(job_class), *job_class.__dict__.get("aliases", ())):
                _claim(name, job_class)


def _claim(name: str, job_class: type[ActiveJob]) -> None:
    holder = _classes.setdefault(name, job_class)
    if holder is job_class:
        return
    if _is_reloaded(holder, job_class):
        _classes[name] = job_class
    else:
        _clashes.append(Clash(name=name, first=holder, second=job_class))


def _is_reloaded(old: type[ActiveJob], new: type[ActiveJob]) -> bool:
    return (old.__module__, old.__qualname__) == (new.__module__, new.__qualname__)
