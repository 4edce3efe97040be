"""UUIDs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from typing_extensions import override

from django_activejob.serialization.object_serializer import ObjectSerializer


class UUIDSerializer(ObjectSerializer[UUID]):
    """Shows ``{"value": "6f0a4c0e-…"}``."""

    klass = UUID
    wire_name = "django_activejob.UUIDSerializer"

    @override
    def serialize(self, value: UUID) -> Mapping[str, object]:
        return {"value": str(value)}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> UUID:
        return UUID(fields["value"])
