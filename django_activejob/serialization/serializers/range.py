"""Ruby's ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from django_activejob.serialization.object_serializer import ObjectSerializer
from django_activejob.serialization.values import Range


class RangeSerializer(ObjectSerializer[Range]):
    """Shows ``{"begin": 1, "end": 5, "exclude_end": false}``, the bounds being arguments."""

    klass = Range
    wire_name = "ActiveJob::Serializers::RangeSerializer"

    @override
    def serialize(self, value: Range) -> Mapping[str, object]:
        return {
            "begin": value.begin,
            "end": value.end,
            "exclude_end": value.exclude_end,
        }

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> Range:
        return Range(fields["begin"], fields["end"], fields["exclude_end"])
