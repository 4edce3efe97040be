"""Decimal numbers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from typing_extensions import override

from django_activejob.errors import SerializationError
from django_activejob.serialization.object_serializer import ObjectSerializer


class BigDecimalSerializer(ObjectSerializer[Decimal]):
    """Shows ``{"value": "12.50"}``, with all digits; reads Ruby's ``0.125e2`` too."""

    klass = Decimal
    wire_name = "ActiveJob::Serializers::BigDecimalSerializer"

    @override
    def serialize(self, value: Decimal) -> Mapping[str, object]:
        if not value.is_finite():
            raise SerializationError(f"the decimal {value} cannot travel in a job. Pass None.")
        return {"value": str(value)}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> Decimal:
        return Decimal(fields["value"])
