"""How one type of value becomes JSON and comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from typing_extensions import override

T = TypeVar("T")


class ObjectSerializer(Generic[T]):
    """Writes values of one class as fields, and makes them again of their fields.

    A subclass sets ``klass``, and is named in ``ACTIVE_JOB["SERIALIZERS"]`` or given to
    ``add_serializers``; for a class that a built-in serializer takes, it goes before that. The
    fields may hold whatever can travel in a job; JSON shows
    ``{"_aj_serialized": wire_name, **fields}``. One instance serves all threads.
    """

    klass: type[T]
    """The class of the values; its subclasses are taken too."""

    wire_name: ClassVar[str] = ""
    """The name in payloads; the dotted path of the serializer when empty. Ruby's name for Ruby."""

    aliases: ClassVar[tuple[str, ...]] = ()
    """Other names that are read, but not written."""

    def __init_subclass__(cls, **keywords: object) -> None:
        super().__init_subclass__(**keywords)
        if "wire_name" not in cls.__dict__:
            cls.wire_name = f"{cls.__module__}.{cls.__qualname__}"

    def accepts(self, value: object) -> bool:
        """Whether this serializer takes a value; Active Job's ``serialize?``."""
        return isinstance(value, self.klass)

    def serialize(self, value: T) -> Mapping[str, object]:
        """The fields of a value, by name.

        In place of fields it may give a ``HashWithIndifferentAccess``: then that is what travels,
        and ``deserialize`` is never asked.

        Raises:
            SerializationError: this very value cannot travel; the place is put before the text.
        """
        raise NotImplementedError(f"{type(self).__name__} has to implement serialize().")

    def deserialize(self, fields: Mapping[str, Any]) -> T:
        """The value that has these fields; any exception means that there is none."""
        raise NotImplementedError(f"{type(self).__name__} has to implement deserialize().")

    @override
    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.wire_name}>"
