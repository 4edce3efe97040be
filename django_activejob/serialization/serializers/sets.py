"""Sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from typing_extensions import override

from django_activejob.serialization.object_serializer import ObjectSerializer


class SetSerializer(ObjectSerializer[set[Any]]):
    """Shows ``{"value": [1, 2]}``, sorted where that can be, so that equal sets look equal."""

    klass = set
    wire_name = "django_activejob.SetSerializer"

    @override
    def serialize(self, value: set[Any]) -> Mapping[str, object]:
        return {"value": _in_order(value)}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> set[Any]:
        return set(fields["value"])


class FrozensetSerializer(ObjectSerializer[frozenset[Any]]):
    """Shows what ``SetSerializer`` shows."""

    klass = frozenset
    wire_name = "django_activejob.FrozensetSerializer"

    @override
    def serialize(self, value: frozenset[Any]) -> Mapping[str, object]:
        return {"value": _in_order(value)}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> frozenset[Any]:
        return frozenset(fields["value"])


def _in_order(value: Iterable[Any]) -> list[Any]:
    try:
        return sorted(value)
    except TypeError:
        return list(value)
