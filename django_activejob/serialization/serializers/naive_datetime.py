"""Times without a zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from typing_extensions import override

from django_activejob.serialization.object_serializer import ObjectSerializer


class NaiveDatetimeSerializer(ObjectSerializer[datetime]):
    """Shows ``{"value": "2024-02-29T12:30:45"}``.

    It comes back as naive as it went, and nothing shifts. Ruby does not know it: what shall
    be understood there needs a zone.
    """

    klass = datetime
    wire_name = "django_activejob.NaiveDatetimeSerializer"

    @override
    def accepts(self, value: object) -> bool:
        return isinstance(value, datetime) and value.tzinfo is None

    @override
    def serialize(self, value: datetime) -> Mapping[str, object]:
        return {"value": value.isoformat()} | ({"fold": 1} if value.fold else {})

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> datetime:
        return datetime.fromisoformat(fields["value"]).replace(fold=fields.get("fold", 0))
