"""How large a process is."""

from __future__ import annotations

from pathlib import Path

import pytest

from django_activejob.runtime import memory


class TestResident:
    def test_it_is_some_megabytes(self) -> None:
        assert 10 < memory.resident() // memory.MEGABYTE < 10_000

    def test_without_proc_the_most_ever_is_told(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(memory, "_STATM", tmp_path / "statm")
        assert 10 < memory.resident() // memory.MEGABYTE < 10_000
