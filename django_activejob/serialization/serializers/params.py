"""The data of a request, as Ruby takes it."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import QueryDict
from typing_extensions import override

from django_activejob.serialization.object_serializer import ObjectSerializer
from django_activejob.serialization.values import HashWithIndifferentAccess


class ParamsSerializer(ObjectSerializer[QueryDict]):
    """Makes a ``HashWithIndifferentAccess`` of a QueryDict, as Rails does of its params.

    It stays one in the job. A key with several values, or none, holds a list of texts.
    Not built in, for without it a QueryDict comes back as it went; ``ACTIVE_JOB["SERIALIZERS"]``
    names it where jobs go to Ruby.
    """

    klass = QueryDict
    wire_name = "django_activejob.ParamsSerializer"

    @override
    def serialize(self, value: QueryDict) -> Mapping[str, object]:
        return HashWithIndifferentAccess(
            {key: values[0] if len(values) == 1 else values for key, values in value.lists()}
        )
