from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from django.db import connections
from django.test import override_settings

from django_activejob.adapters.database.vendor import POSTGRESQL, SQLITE, vendor_of
from django_activejob.errors import ConfigurationError

NOON = datetime(2026, 8, 22, 12, 0, 0, tzinfo=UTC)


class TestTimes:
    def test_sqlite_is_given_text_in_utc_of_one_length(self) -> None:
        zone = timezone(timedelta(hours=2))
        assert SQLITE.write_time(NOON.astimezone(zone)) == "2026-08-22 12:00:00.000000"

    def test_sqlite_text_is_read_as_utc(self) -> None:
        assert SQLITE.read_time("2026-08-22 12:00:00.000000") == NOON
        assert SQLITE.read_time(NOON.replace(tzinfo=None)) == NOON

    def test_postgresql_keeps_time_zones_itself(self) -> None:
        assert POSTGRESQL.write_time(NOON) is NOON

    @override_settings(TIME_ZONE="Europe/Berlin", USE_TZ=False)
    def test_what_django_strips_of_its_zone_is_in_the_zone_of_the_settings(self) -> None:
        assert POSTGRESQL.read_time(datetime(2026, 8, 22, 14, 0)) == NOON

    @pytest.mark.parametrize("vendor", [POSTGRESQL, SQLITE], ids=["postgresql", "sqlite"])
    def test_no_time_is_no_time(self, vendor: object) -> None:
        assert vendor.write_time(None) is None
        assert vendor.read_time(None) is None


class TestWords:
    def test_every_engine_says_the_same_words(self) -> None:
        assert POSTGRESQL.words.keys() == SQLITE.words.keys()


class TestVendorOf:
    def test_sqlite_is_known(self) -> None:
        assert vendor_of(connections["default"]) is SQLITE

    def test_an_unknown_engine_is_named(self) -> None:
        oracle = SimpleNamespace(vendor="oracle", alias="legacy", display_name="Oracle")
        with pytest.raises(ConfigurationError, match=r"DATABASES\['legacy'\].*Oracle; use one of"):
            vendor_of(oracle)
