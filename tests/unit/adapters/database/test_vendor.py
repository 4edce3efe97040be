from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from django.db import connections
from django.test import override_settings

from django_activejob.adapters.database.vendor import (
    MARIADB,
    MYSQL,
    POSTGRESQL,
    SQLITE,
    Vendor,
    vendor_of,
)
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
        assert POSTGRESQL.words.keys() == SQLITE.words.keys() == MARIADB.words.keys()


class TestVendorOf:
    def test_sqlite_is_known(self) -> None:
        assert vendor_of(connections["default"]) is SQLITE

    @pytest.mark.parametrize(
        ("is_mariadb", "version", "expected"),
        [(True, (10, 6, 0), MARIADB), (True, (11, 4, 2), MARIADB), (False, (8, 0, 36), MYSQL)],
    )
    def test_mysql_and_mariadb_are_told_apart(
        self, is_mariadb: bool, version: tuple[int, ...], expected: Vendor
    ) -> None:
        assert vendor_of(server(is_mariadb=is_mariadb, version=version)) is expected

    @pytest.mark.parametrize(
        ("is_mariadb", "version", "words"),
        [
            (True, (10, 5, 9), r"the server is MariaDB 10\.5\.9.*needs 10\.6 or newer"),
            (False, (5, 7, 44), r"the server is MySQL 5\.7\.44.*needs 8\.0\.1 or newer"),
        ],
    )
    def test_a_server_without_skip_locked_is_refused(
        self, is_mariadb: bool, version: tuple[int, ...], words: str
    ) -> None:
        with pytest.raises(ConfigurationError, match=words):
            vendor_of(server(is_mariadb=is_mariadb, version=version))

    def test_an_unknown_engine_is_named(self) -> None:
        oracle = SimpleNamespace(vendor="oracle", alias="legacy", display_name="Oracle")
        with pytest.raises(ConfigurationError, match=r"DATABASES\['legacy'\].*Oracle; use one of"):
            vendor_of(oracle)


class TestLists:
    def test_an_empty_list_matches_nothing_where_the_engine_knows_none(self) -> None:
        assert MARIADB.adapted([[], [1, 2], 3]) == [(None,), (1, 2), 3]


def server(*, is_mariadb: bool, version: tuple[int, ...]) -> SimpleNamespace:
    return SimpleNamespace(
        vendor="mysql",
        alias="jobs",
        mysql_is_mariadb=is_mariadb,
        display_name="MariaDB" if is_mariadb else "MySQL",
        get_database_version=lambda: version,
    )
