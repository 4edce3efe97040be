"""Dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from typing_extensions import override

from django_activejob.serialization.object_serializer import ObjectSerializer


class DateSerializer(ObjectSerializer[date]):
    """Shows ``{"value": "2001-02-03"}``."""

    klass = date
    wire_name = "ActiveJob::Serializers::DateSerializer"

    @override
    def serialize(self, value: date) -> Mapping[str, object]:
        return {"value": value.isoformat()}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> date:
        return date.fromisoformat(fields["value"])
