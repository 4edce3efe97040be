from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from django_activejob import clock
from django_activejob.dashboard.times import duration, moment

NOW = datetime(2026, 8, 22, 18, 0, 0, tzinfo=UTC)


class TestDuration:
    @pytest.mark.parametrize(
        ("seconds", "text"),
        [
            (None, ""),
            (-3, "0 ms"),
            (0.0354, "35 ms"),
            (4.25, "4.2 s"),
            (60, "1 min"),
            (65, "1 min 5 s"),
            (3600, "1 h"),
            (7500, "2 h 5 min"),
            (90_000, "1 d 1 h"),
        ],
    )
    def test_has_the_two_units_that_matter(self, seconds: float | None, text: str) -> None:
        assert duration(seconds) == text

    @pytest.mark.parametrize(
        ("seconds", "text"), [(4.9, "4 s"), (125, "2 min"), (7500, "2 h 5 min")]
    )
    def test_can_be_rough(self, seconds: float, text: str) -> None:
        assert duration(seconds, exact=False) == text


class TestMoment:
    @pytest.fixture(autouse=True)
    def _still(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW)

    @pytest.mark.parametrize(
        ("offset", "text"), [(-125, "2 min ago"), (0.5, "now"), (40, "in 40 s"), (86_400, "in 1 d")]
    )
    def test_is_told_as_seen_from_now(self, offset: float, text: str) -> None:
        found = moment(NOW + timedelta(seconds=offset))

        assert found is not None
        assert found.relative == text

    def test_is_told_in_the_reader_s_time_zone(self) -> None:
        with timezone.override("Europe/Berlin"):
            found = moment(NOW)

        assert found is not None
        assert found.absolute == "2026-08-22 20:00:00 CEST"
        assert found.iso == "2026-08-22T18:00:00+00:00"

    def test_of_nothing_is_nothing(self) -> None:
        assert moment(None) is None
