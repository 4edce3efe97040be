"""Ruby's symbols."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from django_activejob.serialization.object_serializer import ObjectSerializer
from django_activejob.serialization.values import Symbol


class SymbolSerializer(ObjectSerializer[Symbol]):
    """Shows ``{"value": "name"}``."""

    klass = Symbol
    wire_name = "ActiveJob::Serializers::SymbolSerializer"

    @override
    def serialize(self, value: Symbol) -> Mapping[str, object]:
        return {"value": str.__str__(value)}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> Symbol:
        return Symbol(fields["value"])
