"""Finding the job classes of a project: ``<app>/jobs.py`` or ``<app>/jobs/**`` of every app."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps

from django_activejob import conf

MODULE = "jobs"


def discover() -> None:
    """Imports the job modules of every installed app, so that their classes register.

    An app without one is fine; an error inside one is raised.
    """
    ignored = conf.settings().discovery_ignore
    for app in apps.get_app_configs():
        name = f"{app.name}.{MODULE}"
        if app.name not in ignored and app.label not in ignored and find_spec(name) is not None:
            _import_with_submodules(name)


def _import_with_submodules(name: str) -> None:
    module = importlib.import_module(name)
    for submodule in _submodules_of(module):
        _import_with_submodules(submodule)


def _submodules_of(module: ModuleType) -> Iterator[str]:
    for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if found.name != "tests" and not found.name.startswith("test_"):
            yield f"{module.__name__}.{found.name}"
