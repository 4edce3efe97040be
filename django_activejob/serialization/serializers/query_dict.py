"""The data of a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from typing_extensions import override

from django_activejob.serialization.object_serializer import ObjectSerializer


class QueryDictSerializer(ObjectSerializer[QueryDict]):
    """Shows ``{"value": "color=red&color=blue"}``; all values of a key come back, immutable.

    Ruby does not know it; see ``ParamsSerializer``.
    """

    klass = QueryDict
    wire_name = "django_activejob.QueryDictSerializer"

    @override
    def serialize(self, value: QueryDict) -> Mapping[str, object]:
        return {"value": value.urlencode()}

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> QueryDict:
        return QueryDict(fields["value"], encoding="utf-8")
