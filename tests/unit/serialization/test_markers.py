from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from django_activejob.serialization import (
    Duration,
    HashWithIndifferentAccess,
    Range,
    Symbol,
    serialize,
    serialize_arguments,
)
from django_activejob.serialization.markers import describe, describe_value
from tests.unit.serialization.furniture import Outer, Size


class TestDescribe:
    def test_arguments_read_as_in_a_call(self) -> None:
        raw = serialize_arguments([42, "a", {"x": [None, True]}], {"at": date(2024, 2, 29)})

        assert describe(raw) == "42, 'a', {'x': [None, True]}, at=2024-02-29"

    def test_a_model_shows_as_its_global_id_and_is_not_loaded(self) -> None:
        assert describe([{"_aj_globalid": "gid://shop/No.Such/1"}]) == "gid://shop/No.Such/1"

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (Decimal("12.50"), "12.50"),
            (Symbol("a"), "a"),
            (datetime(2024, 1, 1, tzinfo=UTC), "2024-01-01T00:00:00.000000000Z"),
            (
                datetime(2024, 1, 1, tzinfo=ZoneInfo("Europe/Paris")),
                "2024-01-01T00:00:00.000000000+01:00 Europe/Paris",
            ),
            (time(9, 30), "09:30:00"),
            (Duration({"months": 2, "days": 1}), "2 months 1 days"),
            (timedelta(days=1), "1 days"),
            (Range(1, 5), "1..5"),
            (Range(1, None, exclude_end=True), "1..."),
            (range(1, 9), "Range(start=1, stop=9, step=1)"),
            ((1,), "(1,)"),
            ((1, "a"), "(1, 'a')"),
            ({1}, "{1}"),
            (Size.LARGE, "tests.unit.serialization.furniture.Size.LARGE"),
            (Outer, "tests.unit.serialization.furniture.Outer"),
            (HashWithIndifferentAccess(a=1), "{'a': 1}"),
        ],
        ids=repr,
    )
    def test_values_read_as_people_write_them(self, value: object, expected: str) -> None:
        assert describe_value(serialize(value)) == expected

    def test_an_unknown_type_shows_its_fields(self) -> None:
        raw = {"_aj_serialized": "Shop::MoneySerializer", "cents": 5, "currency": "EUR"}

        assert describe([raw]) == "Money(cents=5, currency='EUR')"

    @pytest.mark.parametrize(
        "raw",
        [
            None,
            5,
            {"a": 1},
            [object],
            [{"_aj_globalid": None}],
            [{"_aj_serialized": None}],
            [{"_aj_serialized": "RangeSerializer"}],
            [{"_aj_serialized": "DurationSerializer", "parts": [1]}],
            [{"_aj_serialized": "TupleSerializer", "value": 5}],
            [{"_aj_serialized": "XSerializer", "value": []}],
            [{1: 2, None: 3}],
        ],
    )
    def test_anything_at_all_can_be_described(self, raw: Any) -> None:
        assert isinstance(describe(raw), str)

    def test_what_is_deep_ends_with_an_ellipsis(self) -> None:
        raw: list[Any] = []
        for _ in range(5000):
            raw = [raw]

        assert "…" in describe(raw)

    def test_long_texts_are_cut(self) -> None:
        assert describe(["x" * 5000], limit=10) == "'xxxxxxxx…"
        assert len(describe(list(range(5000)))) == 1000
