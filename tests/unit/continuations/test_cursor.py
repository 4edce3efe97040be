from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from django_activejob.continuations.cursor import successor_of
from django_activejob.errors import UnadvanceableCursor


@dataclass(frozen=True)
class Letter:
    text: str

    def successor(self) -> Letter:
        return Letter(chr(ord(self.text) + 1))


class TestSuccessors:
    @pytest.mark.line("AJ-113")
    def test_of_whole_numbers(self) -> None:
        assert successor_of(1) == 2

    def test_of_days(self) -> None:
        assert successor_of(date(2026, 2, 28)) == date(2026, 3, 1)

    def test_of_what_knows_its_own(self) -> None:
        assert successor_of(Letter("a")) == Letter("b")

    def test_errors_of_what_knows_its_own_are_not_hidden(self) -> None:
        with pytest.raises(TypeError, match="ord"):
            successor_of(Letter("ab"))

    @pytest.mark.line("AJ-113")
    @pytest.mark.parametrize("value", [None, 1.5, True, "a", datetime(2026, 1, 1, tzinfo=UTC)])
    def test_of_nothing_else(self, value: Any) -> None:
        kind = type(value).__name__
        with pytest.raises(
            UnadvanceableCursor, match=f"cursor of type {kind} cannot be advanced: .*start=0"
        ):
            successor_of(value)
