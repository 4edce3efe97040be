"""Moments with an offset from UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from typing_extensions import override

from django_activejob.serialization import moment
from django_activejob.serialization.object_serializer import ObjectSerializer


class TimeSerializer(ObjectSerializer[datetime]):
    """Shows ``{"value": "2002-10-31T02:02:02.123456000+02:00"}``, ending in ``Z`` for UTC.

    Python keeps microseconds, so Ruby's nanoseconds are cut off.
    """

    klass = datetime
    wire_name = "ActiveJob::Serializers::TimeSerializer"

    @override
    def accepts(self, value: object) -> bool:
        return (
            isinstance(value, datetime)
            and value.tzinfo is not None
            and not moment.is_in_named_zone(value)
        )

    @override
    def serialize(self, value: datetime) -> Mapping[str, object]:
        return {"value": moment.write(value)}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> datetime:
        return moment.read(fields["value"])
