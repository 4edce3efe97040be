"""Ruby's DateTime."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from django_activejob.serialization import moment
from django_activejob.serialization.object_serializer import ObjectSerializer
from django_activejob.serialization.values import DateTime


class DateTimeSerializer(ObjectSerializer[DateTime]):
    """Shows ``{"value": "2001-02-03T04:05:06.123456000+03:00"}``, ending in ``+00:00`` for UTC."""

    klass = DateTime
    wire_name = "ActiveJob::Serializers::DateTimeSerializer"

    @override
    def accepts(self, value: object) -> bool:
        return isinstance(value, DateTime) and value.tzinfo is not None

    @override
    def serialize(self, value: DateTime) -> Mapping[str, object]:
        return {"value": moment.write(value).replace("Z", "+00:00")}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> DateTime:
        return DateTime.of(moment.read(fields["value"]))
