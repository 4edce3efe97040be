from __future__ import annotations

import copy
from datetime import date, datetime, timedelta

import pytest

from django_activejob.serialization import (
    Duration,
    HashWithIndifferentAccess,
    Keywords,
    Range,
    Symbol,
)


class TestSymbol:
    def test_it_is_found_under_its_text(self) -> None:
        assert {Symbol("a"): 1}["a"] == 1
        assert Symbol("a") == "a"

    def test_it_shows_that_it_is_one(self) -> None:
        assert repr(Symbol("a")) == "Symbol('a')"
        assert str(Symbol("a")) == "a"


class TestDicts:
    def test_they_show_what_they_are(self) -> None:
        assert repr(Keywords(a=1)) == "Keywords({'a': 1})"
        assert repr(HashWithIndifferentAccess(a=1)) == "HashWithIndifferentAccess({'a': 1})"

    def test_they_equal_plain_dicts(self) -> None:
        assert Keywords(a=1) == {"a": 1} == HashWithIndifferentAccess(a=1)


class TestRange:
    @pytest.mark.parametrize(
        ("bounds", "inside", "outside"),
        [
            (Range(1, 3), [1, 2, 3], [0, 4]),
            (Range(1, 3, exclude_end=True), [1, 2], [0, 3]),
            (Range(1, None), [1, 99], [0]),
            (Range(None, 3), [-99, 3], [4]),
            (Range("a", "c"), ["b"], ["d"]),
        ],
    )
    def test_it_knows_what_lies_in_it(
        self, bounds: Range, inside: list[object], outside: list[object]
    ) -> None:
        assert all(value in bounds for value in inside)
        assert not any(value in bounds for value in outside)

    @pytest.mark.parametrize(
        ("bounds", "text"),
        [
            (Range(1, 3), "1..3"),
            (Range(1, 3, exclude_end=True), "1...3"),
            (Range(1, None), "1.."),
            (Range(None, 3), "..3"),
        ],
    )
    def test_it_reads_as_in_ruby(self, bounds: Range, text: str) -> None:
        assert str(bounds) == text


class TestDuration:
    def test_it_is_a_timedelta_of_its_seconds(self) -> None:
        assert Duration({"years": 1, "days": 2}) == timedelta(seconds=31729752)
        assert Duration({"hours": -3}) == timedelta(hours=-3)

    def test_sums_and_multiples_keep_the_parts(self) -> None:
        month = Duration({"months": 1})

        assert (month + Duration({"months": 1, "days": 1})).parts == {"months": 2, "days": 1}
        assert (timedelta(days=1) + month).parts == {"months": 1, "days": 1}
        assert (month - timedelta(days=1)).parts == {"months": 1, "days": -1}
        assert (2 * month).parts == {"months": 2}
        assert (-month).parts == {"months": -1}

    def test_it_does_not_add_up_with_other_things(self) -> None:
        month = Duration({"months": 1})

        for operation in (lambda: month + 1, lambda: month - 1, lambda: month * "x"):
            with pytest.raises(TypeError):
                operation()

    @pytest.mark.parametrize(
        ("parts", "start", "end"),
        [
            ({"months": 1}, date(2024, 1, 31), date(2024, 2, 29)),
            ({"years": 1}, date(2024, 2, 29), date(2025, 2, 28)),
            ({"months": 1, "days": 1}, date(2023, 12, 31), date(2024, 2, 1)),
            ({"weeks": 1}, date(2024, 1, 1), date(2024, 1, 8)),
            ({"months": 2, "hours": 1}, datetime(2024, 1, 1), datetime(2024, 3, 1, 1)),
        ],
    )
    def test_it_goes_by_the_calendar(self, parts: dict[str, float], start: date, end: date) -> None:
        assert Duration(parts).since(start) == end

    def test_it_goes_back_as_well(self) -> None:
        assert Duration({"months": 1}).ago(date(2024, 3, 31)) == date(2024, 2, 29)

    def test_copies_keep_the_parts(self) -> None:
        month = Duration({"months": 1})

        assert copy.deepcopy(month).parts == {"months": 1}

    def test_it_shows_its_parts(self) -> None:
        assert repr(Duration({"months": 1})) == "Duration({'months': 1})"
