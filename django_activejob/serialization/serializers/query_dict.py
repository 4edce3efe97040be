"""The data of a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from typing_extensions import override

from django_activejob.errors import SerializationError
from django_activejob.serialization.object_serializer import ObjectSerializer


class QueryDictSerializer(ObjectSerializer[QueryDict]):
    """Shows ``{"value": "color=red&color=blue"}``; all values of a key come back, immutable.

    Ruby does not know it; see ``ParamsSerializer``.
    """

    klass = QueryDict
    wire_name = "django_activejob.QueryDictSerializer"

    @override
    def serialize(self, value: QueryDict) -> Mapping[str, object]:
        try:
            return {"value": value.urlencode()}
        except UnicodeEncodeError as error:
            raise SerializationError(
                "a QueryDict with half a surrogate pair is not Unicode and cannot travel in a "
                "job. Pass what the job needs of it."
            ) from error

    @override
    def deserialize(self, fields: Mapping[str, Any]) -> QueryDict:
        return QueryDict(fields["value"], encoding="utf-8")
