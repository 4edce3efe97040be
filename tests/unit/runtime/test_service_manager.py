"""What systemd is told."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from django_activejob.runtime.service_manager import READY, tell, tell_if_watched


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        manager.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", path)
        yield manager


class TestTell:
    def test_it_reaches_the_socket(self, manager: socket.socket) -> None:
        tell(READY)
        assert manager.recv(100) == b"READY=1"

    def test_a_watchdog_hears_only_where_there_is_one(
        self, manager: socket.socket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("WATCHDOG_USEC", raising=False)
        tell_if_watched("WATCHDOG=1")
        monkeypatch.setenv("WATCHDOG_USEC", "30000000")
        tell_if_watched("WATCHDOG=1 again")
        assert manager.recv(100) == b"WATCHDOG=1 again"

    def test_an_abstract_name_works_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind("\0activejob-test")
            manager.settimeout(5)
            monkeypatch.setenv("NOTIFY_SOCKET", "@activejob-test")
            tell(READY)
            assert manager.recv(100) == b"READY=1"

    def test_nobody_needs_to_listen(
        self,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
        tell(READY)
        assert caplog.text == ""
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
        tell(READY)
        assert "could not be told READY=1" in caplog.text
