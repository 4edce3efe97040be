"""Tuples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from django_activejob.serialization.object_serializer import ObjectSerializer


class TupleSerializer(ObjectSerializer[tuple[Any, ...]]):
    """Shows ``{"value": [1, 2]}``.

    Refuses named tuples, for they would come back without their names.
    """

    klass = tuple
    wire_name = "django_activejob.TupleSerializer"

    @override
    def accepts(self, value: object) -> bool:
        return isinstance(value, tuple) and not hasattr(value, "_fields")

    @override
    def serialize(self, value: tuple[Any, ...]) -> Mapping[str, object]:
        return {"value": list(value)}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(fields["value"])
