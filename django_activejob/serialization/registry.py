"""The serializers that this project has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.module_loading import import_string

from django_activejob import conf
from django_activejob.errors import ConfigurationError
from django_activejob.serialization.object_serializer import ObjectSerializer
from django_activejob.serialization.serializers import BUILT_IN

Serializer = ObjectSerializer[Any]


class Registry:
    """Serializers in order, each once; found by the class of a value or by name."""

    def __init__(self, serializers: Iterable[Serializer | type[Serializer]]) -> None:
        self._by_name: dict[str, Serializer] = {}
        self._by_class: dict[type, tuple[Serializer, ...]] = {}
        self.serializers: tuple[Serializer, ...] = ()
        for serializer in serializers:
            self._add(serializer() if isinstance(serializer, type) else serializer)

    def for_exact_class(self, value: object) -> Serializer | None:
        """The last one added whose ``klass`` is the value's own class and that takes the value."""
        for serializer in self._by_class.get(value.__class__, ()):
            if serializer.accepts(value):
                return serializer
        return None

    def first_to_accept(self, value: object) -> Serializer | None:
        """The first serializer that takes the value, in the order they were added."""
        return next((each for each in self.serializers if each.accepts(value)), None)

    def named(self, name: object) -> Serializer | None:
        """The serializer that payloads call by this name."""
        return self._by_name.get(name) if isinstance(name, str) else None

    def _add(self, serializer: Serializer) -> None:
        if any(type(known) is type(serializer) for known in self.serializers):
            return
        kind = type(serializer)
        klass = getattr(serializer, "klass", None)
        if not isinstance(klass, type):
            raise ConfigurationError(
                f"{kind.__module__}.{kind.__qualname__}: a serializer says with `klass` which "
                f"class it is for."
            )
        for name in (serializer.wire_name, *serializer.aliases):
            self._claim(name, serializer)
        self._by_class[klass] = (serializer, *self._by_class.get(klass, ()))
        self.serializers = (*self.serializers, serializer)

    def _claim(self, name: str, serializer: Serializer) -> None:
        holder = self._by_name.setdefault(name, serializer)
        if holder is not serializer:
            raise ConfigurationError(
                f"{name}: two serializers have this name, {type(holder).__qualname__} and "
                f"{type(serializer).__qualname__}. Set `wire_name` of one of them."
            )


def registry() -> Registry:
    """The built-in serializers, those added, and those of ``ACTIVE_JOB["SERIALIZERS"]``.

    Raises:
        ConfigurationError: a dotted path leads to no serializer.
    """
    global _current  # noqa: PLW0603 - one process has one registry
    paths = conf.settings().serializers
    if _current is None or _current[0] is not paths:
        _current = (paths, Registry((*BUILT_IN, *_added, *_import(paths))))
    return _current[1]


def add_serializers(*serializers: Serializer | type[Serializer]) -> None:
    """Adds serializers for types of the project, as from ``AppConfig.ready``.

    Adding one again changes nothing.

    Raises:
        ConfigurationError: one lacks ``klass``, or has the name of another.
    """
    global _current  # noqa: PLW0603 - see registry()
    new = [each for each in serializers if each not in _added]
    Registry((*BUILT_IN, *_added, *new))
    _added.extend(new)
    _current = None


def replace_serializers(*serializers: Serializer | type[Serializer]) -> None:
    """Takes these in place of all that were added before; the built-in ones stay."""
    global _current  # noqa: PLW0603 - see registry()
    Registry((*BUILT_IN, *serializers))
    _added[:] = serializers
    _current = None


def _import(paths: tuple[str, ...]) -> list[type[Serializer]]:
    return [_import_one(path, index) for index, path in enumerate(paths)]


def _import_one(path: str, index: int) -> type[Serializer]:
    place = f'{conf.NAME}["SERIALIZERS"][{index}]'
    try:
        found = import_string(path)
    except ImportError as error:
        raise ConfigurationError(f"{place}: {path!r} cannot be imported: {error}") from error
    if not (isinstance(found, type) and issubclass(found, ObjectSerializer)):
        raise ConfigurationError(f"{place}: {path!r} is not a subclass of ObjectSerializer.")
    return found


_added: list[Serializer | type[Serializer]] = []  # filled while apps get ready, then only read
_current: tuple[tuple[str, ...], Registry] | None = None
