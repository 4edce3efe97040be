"""Paths in the file system."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from typing_extensions import override

from django_activejob.serialization.object_serializer import ObjectSerializer


class PathSerializer(ObjectSerializer[Path]):
    """Shows ``{"value": "/srv/reports/1.pdf"}``, as the path was given, not made absolute."""

    klass = Path
    wire_name = "django_activejob.PathSerializer"

    @override
    def serialize(self, value: Path) -> Mapping[str, object]:
        return {"value": str(value)}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> Path:
        return Path(fields["value"])
