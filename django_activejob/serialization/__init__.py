"""Arguments ↔ JSON, as Active Job writes it; knows nothing of jobs."""

from __future__ import annotations

from django_activejob.serialization.arguments import (
    deserialize,
    deserialize_arguments,
    serialize,
    serialize_arguments,
)
from django_activejob.serialization.class_names import (
    ClassNames,
    add_class_names,
    remove_class_names,
)
from django_activejob.serialization.inspecting import inspect_arguments
from django_activejob.serialization.object_serializer import ObjectSerializer
from django_activejob.serialization.registry import add_serializers, replace_serializers
from django_activejob.serialization.values import (
    DateTime,
    Duration,
    HashWithIndifferentAccess,
    Keywords,
    Range,
    Symbol,
)

__all__ = [
    "ClassNames",
    "DateTime",
    "Duration",
    "HashWithIndifferentAccess",
    "Keywords",
    "ObjectSerializer",
    "Range",
    "Symbol",
    "add_class_names",
    "add_serializers",
    "deserialize",
    "deserialize_arguments",
    "inspect_arguments",
    "remove_class_names",
    "replace_serializers",
    "serialize",
    "serialize_arguments",
]
