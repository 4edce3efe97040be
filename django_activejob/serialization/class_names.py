"""The names of classes in payloads: a payload can name only what the project has."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Protocol

from django.apps import apps
from django.db.models import Model

from django_activejob.errors import DeserializationError, SerializationError
from django_activejob.globalid import naming
from django_activejob.serialization.place import shown


class ClassNames(Protocol):
    """Knows some classes by name, such as job classes by what they are called on the wire."""

    def name_of(self, klass: type) -> str | None:
        """The name of a class, or None when it is none of these."""

    def find(self, name: str) -> type | None:
        """The class of a name, or None; must not import what a name asks for."""


def add_class_names(names: ClassNames) -> None:
    """Asks these first, from now on; adding the same again changes nothing."""
    if names not in _sources:
        _sources.append(names)


def remove_class_names(names: ClassNames) -> None:
    """Asks these no more."""
    _sources.remove(names)


def name_of(klass: type) -> str:
    """The name of a class: what the sources say, or its dotted path within an installed app.

    Raises:
        SerializationError: the class could not be found again.
    """
    for source in _sources:
        name = source.name_of(klass)
        if name:
            return name
    if _is_model_with_a_name(klass):
        return naming.name_of(klass)
    path = _path_of(klass)
    if _find_in_apps(path) is not klass:
        raise SerializationError(
            f"the class {path} cannot travel in a job, for a payload can name only classes at the "
            f"top of a module of an installed app. Pass a text that stands for it."
        )
    return path


def find(name: object) -> type:
    """The class of a name. Nothing is imported: a payload must not start code by naming it.

    Raises:
        DeserializationError: no source has it, nor any module of an installed app that has been
            imported in this process.
    """
    if isinstance(name, str):
        for source in _sources:
            klass = source.find(name)
            if klass is not None:
                return klass
        klass = _find_model(name) or _find_in_apps(name)
        if klass is not None:
            return klass
    raise DeserializationError(
        f"no installed app has a class named {shown(name)}, or its module has not been imported "
        f"here. Import it where the job is."
    )


def _is_model_with_a_name(klass: type) -> bool:
    return issubclass(klass, Model) and naming.ATTRIBUTE in klass.__dict__


def _find_model(name: str) -> type | None:
    try:
        klass = naming.model_of(name)
    except LookupError:
        return None
    return klass if _is_model_with_a_name(klass) else None


def _find_in_apps(path: str) -> type | None:
    parts = path.split(".")
    for length in range(len(parts) - 1, 0, -1):
        module = _module_of_an_app(".".join(parts[:length]))
        if module is not None:
            return _class_in(module, path)
    return None


def _module_of_an_app(name: str) -> ModuleType | None:
    return sys.modules.get(name) if apps.get_containing_app_config(name) else None


def _class_in(module: ModuleType, path: str) -> type | None:
    found: object = module
    for part in path.removeprefix(f"{module.__name__}.").split("."):
        # not getattr: a module's own __getattr__ may import what it is asked for
        found = getattr(found, "__dict__", {}).get(part)
    # what a module merely imported is not its own, and must not be named through it
    return found if isinstance(found, type) and _path_of(found) == path else None


def _path_of(klass: type) -> str:
    return f"{klass.__module__}.{klass.__qualname__}"


_sources: list[ClassNames] = []  # filled while apps get ready, then only read
