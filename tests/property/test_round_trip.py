from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_activejob.errors import SerializationError
from django_activejob.serialization import (
    deserialize,
    deserialize_arguments,
    serialize,
    serialize_arguments,
)
from django_activejob.serialization.markers import describe_value
from tests.property.values import names, shape, values, values_in_order


def through_json(raw: Any) -> Any:
    return json.loads(json.dumps(raw, allow_nan=False))


class TestRoundTrip:
    @given(value=values)
    def test_any_value_comes_back_equal_and_of_its_type(self, value: Any) -> None:
        found = deserialize(through_json(serialize(value)))

        assert shape(found) == shape(value)

    @given(value=values_in_order)
    def test_what_came_back_is_written_as_before(self, value: Any) -> None:
        raw = through_json(serialize(value))

        assert through_json(serialize(deserialize(raw))) == raw

    @given(
        positional=st.lists(values, max_size=3),
        keywords=st.dictionaries(names, values, max_size=3),
    )
    def test_any_arguments_come_back_as_they_went(
        self, positional: list[Any], keywords: dict[str, Any]
    ) -> None:
        raw = through_json(serialize_arguments([*positional, 0], keywords))

        assert shape(deserialize_arguments(raw)) == shape(([*positional, 0], keywords))

    @given(value=values)
    def test_any_value_can_be_shown_to_people(self, value: Any) -> None:
        assert len(describe_value(serialize(value), limit=100)) <= 100


class TestRefusal:
    @given(value=values.flatmap(lambda value: st.sampled_from([[value, object()], {"a": object}])))
    def test_what_cannot_travel_is_refused_with_its_place(self, value: Any) -> None:
        with pytest.raises(SerializationError, match=r"^arguments\[0\]\["):
            serialize_arguments([value], {})
