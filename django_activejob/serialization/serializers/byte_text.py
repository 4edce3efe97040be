"""Bytes."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from django_activejob.serialization.object_serializer import ObjectSerializer


class BytesSerializer(ObjectSerializer[bytes]):
    """Shows ``{"value": "AP8="}``, in Base64."""

    klass = bytes
    wire_name = "django_activejob.BytesSerializer"

    @override
    def serialize(self, value: bytes) -> Mapping[str, object]:
        return {"value": base64.b64encode(value).decode("ascii")}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> bytes:
        return base64.b64decode(fields["value"], validate=True)
