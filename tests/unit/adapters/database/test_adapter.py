from __future__ import annotations

from typing import Any

import pytest
from django.db import connections

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database import adapter as module
from django_activejob.errors import InvalidOptions
from django_activejob.testing.contracts.furniture import envelope

PRODUCTION = {
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous=NORMAL;",
}


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"polling_interval": 0}, "'polling_interval' is 0; it has to be a number of seconds"),
            ({"polling_interval": "1"}, "'polling_interval' is '1'"),
            ({"keep_finished": -1}, "'keep_finished' is -1; .* or None"),
            ({"keep_finished": True}, "'keep_finished' is True"),
            ({"keep_ticks": 60}, "'keep_ticks' is 60; .* 3600 or more"),
        ],
    )
    def test_values_without_sense_are_refused(self, options: Any, message: str) -> None:
        with pytest.raises(InvalidOptions, match=message):
            DatabaseAdapter(**options)

    def test_the_alias_is_where_transactions_are_joined(self) -> None:
        assert DatabaseAdapter(using="other").transaction_alias == "other"

    def test_its_name_in_log_lines_is_database(self) -> None:
        assert DatabaseAdapter().display_name == "Database"


class TestChecks:
    def test_an_unknown_alias_is_an_error(self) -> None:
        [message] = DatabaseAdapter(using="missing").check()
        assert message.id == "activejob.E101"
        assert "default" in message.hint

    def test_an_unknown_engine_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connections["default"], "vendor", "oracle")
        [message] = DatabaseAdapter().check()
        assert message.id == "activejob.E102"

    @pytest.mark.line("RQ-067")
    @pytest.mark.parametrize("missing", ["transaction_mode", "init_command"])
    def test_sqlite_that_is_not_set_up_is_a_warning_with_the_remedy(
        self, monkeypatch: pytest.MonkeyPatch, missing: str
    ) -> None:
        options = {name: value for name, value in PRODUCTION.items() if name != missing}
        monkeypatch.setitem(connections["default"].settings_dict, "OPTIONS", options)
        [message] = DatabaseAdapter().check()
        assert message.id == "activejob.W101"
        assert '"transaction_mode": "IMMEDIATE"' in message.hint
        assert "journal_mode=WAL" in message.hint

    def test_sqlite_that_is_set_up_is_fine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(connections["default"].settings_dict, "OPTIONS", PRODUCTION)
        assert list(DatabaseAdapter().check()) == []


class TestForgetting:
    def test_an_inherited_connection_is_left_alone(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue(envelope(1))
        inherited = connections[alias]
        driver = inherited.connection
        adapter.forget()
        try:
            assert connections[alias] is not inherited
            assert inherited.connection is driver
            assert adapter.enqueue(envelope(2))
            connections[alias].close()
        finally:
            connections[alias] = inherited
            module._inherited.remove(inherited)

    def test_closing_closes_the_connection(self, adapter: DatabaseAdapter, alias: str) -> None:
        adapter.enqueue(envelope(1))
        adapter.close()
        assert connections[alias].connection is None
