"""Enumerations."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, Flag
from typing import Any

from typing_extensions import override

from django_activejob.errors import DeserializationError
from django_activejob.serialization import class_names
from django_activejob.serialization.object_serializer import ObjectSerializer


class EnumSerializer(ObjectSerializer[Enum]):
    """Shows ``{"class": "shop.models.Order.Status", "value": "SHIPPED"}``: a member by its name.

    Flags go by their number, since several can be set. The class is found as ``ModuleSerializer``
    finds it.
    """

    klass = Enum
    wire_name = "django_activejob.EnumSerializer"

    @override
    def serialize(self, value: Enum) -> Mapping[str, object]:
        member = value.value if isinstance(value, Flag) else value.name
        return {"class": class_names.name_of(type(value)), "value": member}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> Enum:
        kind = class_names.find(fields["class"])
        if not issubclass(kind, Enum):
            raise DeserializationError(f"{fields['class']} is not an enumeration.")
        return kind(fields["value"]) if issubclass(kind, Flag) else kind[fields["value"]]
