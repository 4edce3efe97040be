"""Stretches of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from typing_extensions import override

from django_activejob.serialization.object_serializer import ObjectSerializer
from django_activejob.serialization.values import Duration, Symbol
from django_activejob.serialization.values.duration import parts_of, seconds_of


class DurationSerializer(ObjectSerializer[timedelta]):
    """Shows ``{"value": 86400, "parts": [["days", 1]]}``, the names of the parts being symbols.

    What a timedelta writes, days and seconds, comes back as one; other parts as a ``Duration``.
    """

    klass = timedelta
    wire_name = "ActiveJob::Serializers::DurationSerializer"

    @override
    def serialize(self, value: timedelta) -> Mapping[str, object]:
        parts = [[Symbol(name), amount] for name, amount in parts_of(value).items()]
        return {"value": seconds_of(value), "parts": parts}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> timedelta:
        parts = {str(name): amount for name, amount in fields["parts"]}
        if parts.keys() <= {"days", "seconds"}:
            length = timedelta(**parts)
            if list(parts_of(length).items()) == list(parts.items()):
                return length
        return Duration(parts, fields["value"])
