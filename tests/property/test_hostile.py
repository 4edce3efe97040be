from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given

from django_activejob.errors import DeserializationError, SerializationError
from django_activejob.serialization import deserialize, deserialize_arguments, serialize
from django_activejob.serialization.markers import describe, describe_value
from tests.property.payloads import TEXTS, payloads
from tests.property.values import values


def read(raw: Any) -> Any:
    """The value of a payload, or None where it has none."""
    with suppress(DeserializationError):
        return deserialize(raw)


def complaint(raw: Any) -> str:
    """What is said of a payload that has no value."""
    try:
        deserialize(raw)
    except DeserializationError as error:
        return str(error)
    return ""


def modules() -> set[str]:
    """What has been imported; zones are data, though they may lie in a package."""
    return {name for name in sys.modules if not name.startswith("tzdata")}


@pytest.mark.django_db
class TestAnyPayload:
    @pytest.fixture(autouse=True)
    def everything_imported_that_is_imported_once(self) -> None:
        for text in TEXTS:
            read({"_aj_globalid": text})
            read({"_aj_serialized": "django_activejob.QueryDictSerializer", "value": text})

    @given(raw=payloads)
    def test_gives_a_value_or_the_one_error_and_imports_nothing(self, raw: Any) -> None:
        before = modules()

        read(raw)

        assert modules() == before

    @given(raw=payloads)
    def test_the_error_is_short(self, raw: Any) -> None:
        assert len(complaint(raw)) < 2000

    @given(raw=payloads)
    def test_gives_arguments_or_the_one_error(self, raw: Any) -> None:
        try:
            positional, keywords = deserialize_arguments(raw)
        except DeserializationError:
            return
        assert isinstance(positional, list)
        assert isinstance(keywords, dict)

    @given(raw=payloads)
    def test_what_was_read_can_be_written_or_is_refused(self, raw: Any) -> None:
        value = read(raw)

        try:
            written = serialize(value)
        except SerializationError:
            return
        json.dumps(written, allow_nan=False)

    @given(raw=payloads)
    def test_can_be_shown_to_people(self, raw: Any) -> None:
        assert len(describe(raw, limit=100)) <= 100


class TestDamagedPayload:
    @given(value=values, raw=payloads)
    def test_a_foreign_part_in_a_genuine_payload_does_no_harm(self, value: Any, raw: Any) -> None:
        genuine = serialize(value)
        if isinstance(genuine, dict) and "value" in genuine:
            genuine["value"] = describe_value(raw)

        read(genuine)
