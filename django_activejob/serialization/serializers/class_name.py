"""Classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from django_activejob.serialization import class_names
from django_activejob.serialization.object_serializer import ObjectSerializer


class ModuleSerializer(ObjectSerializer[type]):
    """Shows ``{"value": "shop.models.Order"}``.

    Reads only classes of installed apps and of ``add_class_names``.
    """

    klass = type
    wire_name = "ActiveJob::Serializers::ModuleSerializer"

    @override
    def serialize(self, value: type) -> Mapping[str, object]:
        return {"value": class_names.name_of(value)}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> type:
        return class_names.find(fields["value"])
