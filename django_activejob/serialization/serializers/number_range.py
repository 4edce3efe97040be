"""Python's own ranges of whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from django_activejob.serialization.object_serializer import ObjectSerializer


class NumberRangeSerializer(ObjectSerializer[range]):
    """Shows ``{"start": 0, "stop": 10, "step": 1}``; for a range in Ruby pass a ``Range``."""

    klass = range
    wire_name = "django_activejob.RangeSerializer"

    @override
    def serialize(self, value: range) -> Mapping[str, object]:
        return {"start": value.start, "stop": value.stop, "step": value.step}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> range:
        return range(fields["start"], fields["stop"], fields["step"])
