"""The file that names the supervisor."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from django_activejob.errors import ConfigurationError
from django_activejob.runtime.pidfile import Pidfile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runjobs.pid"


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.line("RQ-020")
class TestPidfile:
    def test_holds_the_pid_and_goes_with_it(self, path: Path) -> None:
        file = Pidfile(path)
        file.write()
        assert path.read_text() == f"{os.getpid()}\n"
        file.remove()
        assert not path.exists()

    @pytest.mark.parametrize("content", ["", "no number", "0", "-1"])
    def test_replaces_what_names_no_process(self, path: Path, content: str) -> None:
        path.write_text(content)
        Pidfile(path).write()
        assert path.read_text() == f"{os.getpid()}\n"

    def test_replaces_the_file_of_a_dead_process(self, path: Path) -> None:
        path.write_text(str(dead_pid()))
        Pidfile(path).write()
        assert path.read_text() == f"{os.getpid()}\n"

    def test_refuses_while_its_process_lives(self, path: Path) -> None:
        path.write_text(str(os.getppid()))
        with pytest.raises(ConfigurationError) as caught:
            Pidfile(path).write()
        assert str(caught.value) == (
            f"--pidfile {path}: process {os.getppid()} is running. Stop it first, or, if it is "
            "another program, delete the file."
        )

    def test_says_why_it_cannot_be_written(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match=r"missing/pid: No such file or directory\."):
            Pidfile(tmp_path / "missing" / "pid").write()

    def test_leaves_the_file_of_another_alone(self, path: Path) -> None:
        file = Pidfile(path)
        file.write()
        path.write_text("1")
        file.remove()
        assert path.read_text() == "1"
