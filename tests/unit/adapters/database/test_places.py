"""SQLite in places where it cannot work."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from django_activejob.adapters.database import DatabaseAdapter, places
from django_activejob.adapters.database.checks import check_place
from django_activejob.errors import AdapterUnavailable
from django_activejob.testing.contracts.furniture import envelope


class TestChecks:
    @pytest.mark.line("RQ-213")
    def test_a_folder_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        [message] = check_place("default", str(tmp_path / "missing" / "db.sqlite3"))
        assert message.id == "activejob.W102"
        assert "DATABASES['default']: SQLite cannot write" in message.msg
        assert "Make the folder" in message.hint

    @pytest.mark.line("RQ-213")
    def test_a_file_that_may_not_be_written_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "db.sqlite3"
        path.touch(mode=0o400)
        # Root may write anything.
        monkeypatch.setattr(os, "access", lambda asked, mode: asked != path)
        [message] = check_place("default", str(path))
        assert message.id == "activejob.W102"

    @pytest.mark.line("RQ-213")
    def test_a_file_on_another_machine_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mounts = tmp_path / "mounts"
        mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
        monkeypatch.setattr(places, "MOUNTS", mounts)
        [message] = check_place("default", str(tmp_path / "db.sqlite3"))
        assert message.id == "activejob.W103"
        assert "(nfs4)" in message.msg

    @pytest.mark.parametrize("name", [":memory:", "file:jobs?mode=memory&cache=shared"])
    def test_memory_is_no_place(self, name: str) -> None:
        assert list(check_place("default", name)) == []

    def test_a_good_place_is_good(self, tmp_path: Path) -> None:
        assert list(check_place("default", f"file:{tmp_path}/db.sqlite3?cache=private")) == []
        assert list(check_place("default", str(tmp_path / "db.sqlite3"))) == []

    def test_where_nobody_tells_of_file_systems_nothing_is_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(places, "MOUNTS", tmp_path / "none")
        assert places.filesystem_of(tmp_path) is None


class TestErrors:
    @pytest.mark.django_db(transaction=True)
    @pytest.mark.line("RQ-213")
    @pytest.mark.parametrize(
        ("name", "told"),
        [
            ("/nowhere/at/all.sqlite3", "unable to open database file"),
            ("file:{folder}/copy.sqlite3?mode=ro", "readonly database"),
        ],
    )
    def test_an_enqueue_says_what_is_wrong(
        self, tmp_path: Path, django_db_blocker: Any, name: str, told: str
    ) -> None:
        with django_db_blocker.unblock():
            source = connections.create_connection("default")
            source.cursor().execute(f"VACUUM INTO '{tmp_path}/copy.sqlite3'")
            source.close()
        settings = {
            **connections["default"].settings_dict,
            "NAME": name.format(folder=tmp_path),
            "OPTIONS": {"uri": True},
        }
        connections.settings["broken"] = settings
        try:
            with (
                django_db_blocker.unblock(),
                pytest.raises(AdapterUnavailable, match=rf"DATABASES\['broken'\].*{told}"),
            ):
                DatabaseAdapter(using="broken").enqueue(envelope(1))
        finally:
            connections["broken"].close()
            del connections["broken"], connections.settings["broken"]
