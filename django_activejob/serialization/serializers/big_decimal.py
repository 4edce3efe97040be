"""Decimal numbers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from typing_extensions import override

from django_activejob.errors import SerializationError
from django_activejob.serialization.object_serializer import ObjectSerializer

MOST_DIGITS: Final = 4200
"""As many as a whole number may have; without an end, ``1E+999999999`` would fill the store."""


class BigDecimalSerializer(ObjectSerializer[Decimal]):
    """Shows ``{"value": "12.50"}``: all digits in fixed point, and at least one behind it.

    Active Job writes it so too, and reads it; Ruby's ``0.125e2`` is read as well.
    """

    klass = Decimal
    wire_name = "ActiveJob::Serializers::BigDecimalSerializer"

    @override
    def serialize(self, value: Decimal) -> Mapping[str, object]:
        if not value.is_finite():
            raise SerializationError(f"the decimal {value} cannot travel in a job. Pass None.")
        if max(abs(value.adjusted()), len(value.as_tuple().digits)) >= MOST_DIGITS:
            raise SerializationError(
                "a decimal of more than 4,200 digits cannot travel in a job. Pass text."
            )
        text = f"{value:f}"
        return {"value": text if "." in text else f"{text}.0"}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> Decimal:
        return Decimal(fields["value"])
