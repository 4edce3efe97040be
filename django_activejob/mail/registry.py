"""Mailer classes by their name in payloads: a payload can name only a mailer that is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.module_loading import autodiscover_modules

from django_activejob.errors import DeserializationError

if TYPE_CHECKING:
    from django_activejob.mail.mailer import Mailer

MODULE = "mailers"

_classes: list[type[Mailer]] = []  # grows when a class is created; a list's append is atomic

_named: tuple[int, dict[str, type[Mailer]]] = (0, {})  # of how many classes, and they by name


def register(mailer_class: type[Mailer]) -> None:
    """Notes a class that has just been created."""
    _classes.append(mailer_class)


def name_of(mailer_class: type) -> str:
    """The name of a mailer (or of a preview) in payloads, by the rule for job classes.

    Its own ``wire_name``; ``app_label.QualifiedName`` inside an installed app; else the
    dotted path.
    """
    own_name = mailer_class.__dict__.get("wire_name")
    if own_name:
        return str(own_name)
    app = apps.get_containing_app_config(mailer_class.__module__)
    prefix = app.label if app else mailer_class.__module__
    return f"{prefix}.{mailer_class.__qualname__}"


def find(name: str) -> type[Mailer]:
    """The mailer behind a name or an alias; imports the apps' ``mailers`` modules to find it.

    Raises:
        DeserializationError: there is none.
    """
    found = _by_name().get(name)
    if found is None:
        autodiscover_modules(MODULE)
        found = _by_name().get(name)
    if found is None:
        raise DeserializationError(
            f"{name}: no mailer of this name is here. Was it renamed or removed, or is it not in "
            f"a module that is imported, such as an app's {MODULE}.py? A renamed mailer keeps its "
            f"old name with aliases = ({name!r},)."
        )
    return found


def by_class_name(name: str) -> list[type[Mailer]]:
    """The mailers whose classes have a name, whatever app they are of."""
    autodiscover_modules(MODULE)
    classes = {name_of(each): each for each in _classes if each.__name__ == name}
    return list(classes.values())


def clashes() -> list[tuple[str, type[Mailer], type[Mailer]]]:
    """Names that two mailers claim, with the two; for the system checks."""
    holders: dict[str, type[Mailer]] = {}
    found = []
    for mailer_class in _classes:
        name = name_of(mailer_class)
        holder = holders.setdefault(name, mailer_class)
        if not _is_same(holder, mailer_class):
            found.append((name, holder, mailer_class))
    return found


def _by_name() -> dict[str, type[Mailer]]:
    global _named  # noqa: PLW0603 - one process has one set of mailers
    if _named[0] != len(_classes):
        _named = (len(_classes), _name_all())
    return _named[1]


def _name_all() -> dict[str, type[Mailer]]:
    # A class that is created again, by a reload, takes the place of the first.
    named: dict[str, type[Mailer]] = {}
    for mailer_class in list(_classes):
        for alias in mailer_class.__dict__.get("aliases", ()):
            named.setdefault(alias, mailer_class)
        named[name_of(mailer_class)] = mailer_class
    return named


def _is_same(first: type, second: type) -> bool:
    return (first.__module__, first.__qualname__) == (second.__module__, second.__qualname__)
