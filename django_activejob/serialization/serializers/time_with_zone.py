"""Moments in a named zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from typing_extensions import override

from django_activejob.serialization import moment
from django_activejob.serialization.object_serializer import ObjectSerializer


class TimeWithZoneSerializer(ObjectSerializer[datetime]):
    """Shows ``{"value": "2020-06-30T20:00:00.000000000-04:00", "time_zone": "America/New_York"}``.

    Without ``time_zone``, as older Rails writes it, the current zone is taken.
    """

    klass = datetime
    wire_name = "ActiveJob::Serializers::TimeWithZoneSerializer"

    @override
    def accepts(self, value: object) -> bool:
        return isinstance(value, datetime) and moment.is_in_named_zone(value)

    @override
    def serialize(self, value: datetime) -> Mapping[str, object]:
        return {"value": moment.write(value), "time_zone": str(value.tzinfo)}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> datetime:
        name = fields.get("time_zone")
        zone = ZoneInfo(name) if name else timezone.get_current_timezone()
        return moment.put_in_zone(moment.read(fields["value"]), zone)
