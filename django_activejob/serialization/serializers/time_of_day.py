"""Times of a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from typing_extensions import override

from django_activejob.serialization.object_serializer import ObjectSerializer


class TimeOfDaySerializer(ObjectSerializer[time]):
    """Shows ``{"value": "09:30:00"}``, with ``time_zone`` where the time has one."""

    klass = time
    wire_name = "django_activejob.TimeOfDaySerializer"

    @override
    def serialize(self, value: time) -> Mapping[str, object]:
        fields: dict[str, object] = {"value": value.isoformat()}
        if isinstance(value.tzinfo, ZoneInfo):
            fields["time_zone"] = str(value.tzinfo)
        if value.fold:
            fields["fold"] = 1
        return fields

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> time:
        read = time.fromisoformat(fields["value"]).replace(fold=fields.get("fold", 0))
        zone = fields.get("time_zone")
        return read.replace(tzinfo=ZoneInfo(zone)) if zone else read
