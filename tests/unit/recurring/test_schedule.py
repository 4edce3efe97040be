"""When tasks are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings

from django_activejob.errors import InvalidSchedule
from django_activejob.recurring.schedule import Schedule, between, every, parse

NEW_YORK = ZoneInfo("America/New_York")
FOREVER = datetime(2100, 1, 1, tzinfo=UTC)


def local(schedule: Schedule, start: datetime, *, count: int) -> list[str]:
    """The next ticks, as a clock on a wall in New York shows them."""
    ticks = islice(between(schedule, start.astimezone(UTC), FOREVER), count)
    return [tick.astimezone(NEW_YORK).strftime("%m-%d %H:%M %Z") for tick in ticks]


class TestIntervals:
    def test_ticks_are_multiples_since_1970(self) -> None:
        schedule = every(900)
        noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
        assert schedule.after(noon) == noon + timedelta(minutes=15)
        assert schedule.after(noon - timedelta(microseconds=1)) == noon

    def test_the_latest_is_found(self) -> None:
        schedule = every(60)
        noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
        until = noon + timedelta(seconds=59)
        assert schedule.latest(after=noon - timedelta(hours=9), until=until) == noon
        assert schedule.latest(after=noon, until=until) is None


class TestZones:
    def test_a_zone_may_stand_at_the_end(self) -> None:
        tick = parse("0 2 * * * Europe/Berlin").after(datetime(2026, 1, 1, tzinfo=UTC))
        assert tick == datetime(2026, 1, 1, 1, tzinfo=UTC)

    @override_settings(TIME_ZONE="America/New_York")
    def test_without_one_that_of_the_project_counts(self) -> None:
        tick = parse("@daily").after(datetime(2026, 1, 1, tzinfo=UTC))
        assert tick == datetime(2026, 1, 1, 5, tzinfo=UTC)

    def test_six_fields_are_told_from_five_and_a_zone(self) -> None:
        start = datetime(2026, 1, 1, tzinfo=UTC)
        assert parse("30 0 2 * * *").after(start) == datetime(2026, 1, 1, 2, 0, 30, tzinfo=UTC)
        assert parse("0 2 * * MON UTC").after(start) == datetime(2026, 1, 5, 2, tzinfo=UTC)


class TestDaylightSaving:
    SPRING = datetime(2026, 3, 7, 12, tzinfo=NEW_YORK)
    AUTUMN = datetime(2026, 10, 31, 12, tzinfo=NEW_YORK)

    @pytest.mark.line("RQ-157")
    def test_a_time_that_does_not_exist_comes_when_the_leap_is_done(self) -> None:
        assert local(parse("30 2 * * * America/New_York"), self.SPRING, count=3) == [
            "03-08 03:00 EDT",
            "03-09 02:30 EDT",
            "03-10 02:30 EDT",
        ]

    @pytest.mark.line("RQ-158")
    def test_a_time_that_comes_twice_counts_once(self) -> None:
        assert local(parse("30 1 * * * America/New_York"), self.AUTUMN, count=2) == [
            "11-01 01:30 EDT",
            "11-02 01:30 EST",
        ]

    @pytest.mark.line("RQ-158")
    def test_from_within_the_second_of_both_hours_the_first_is_past(self) -> None:
        start = datetime(2026, 11, 1, 1, 10, fold=1, tzinfo=NEW_YORK)
        assert local(parse("30 1 * * * America/New_York"), start, count=1) == ["11-02 01:30 EST"]

    @pytest.mark.line("RQ-158")
    def test_a_step_goes_through_both_hours(self) -> None:
        start = datetime(2026, 11, 1, 0, 59, tzinfo=NEW_YORK)
        assert local(parse("*/30 * * * * America/New_York"), start, count=5) == [
            "11-01 01:00 EDT",
            "11-01 01:30 EDT",
            "11-01 01:00 EST",
            "11-01 01:30 EST",
            "11-01 02:00 EST",
        ]

    def test_idle_seconds_change_nothing(self) -> None:
        with_seconds = parse("0 30 2 * * * America/New_York")
        assert local(with_seconds, self.SPRING, count=1) == ["03-08 03:00 EDT"]


class TestLatest:
    @pytest.mark.parametrize("text", ["* * * * *", "*/5 * * * *", "0 2 * * *", "0 0 29 2 *"])
    def test_it_is_the_last_of_all(self, text: str) -> None:
        schedule = parse(text)
        after = datetime(2023, 12, 1, tzinfo=UTC)
        until = datetime(2024, 3, 1, 2, 3, 4, tzinfo=UTC)
        assert (
            schedule.latest(after=after, until=until) == list(between(schedule, after, until))[-1]
        )

    def test_there_may_be_none(self) -> None:
        moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
        assert parse("0 2 * * *").latest(after=moment, until=moment + timedelta(hours=1)) is None


class TestRefusals:
    @pytest.mark.line("RQ-163")
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "An empty text is no schedule"),
            ("0 2 30 2 *", "no schedule that can come: bad day-of-month"),
            ("0 25 * * *", "no schedule that can come: bad hour"),
            ("0 2 * *", "wrong number of fields"),
            ("every day", "wrong number of fields"),
            ("@sometimes", "wrong number of fields"),
            (
                "0 2 * * * Europe/Berlyn",
                "'Europe/Berlyn' is no time zone. Did you mean 'Europe/Ber",
            ),
            ("0 0 2 * * * Atlantis", "'Atlantis' is no time zone. "),
            ("1," * 200 + "1 * * * *", "a schedule has at most 255 characters"),
        ],
    )
    def test_what_is_no_schedule_is_told(self, text: str, message: str) -> None:
        with pytest.raises(InvalidSchedule) as caught:
            parse(text)
        assert message in str(caught.value)
