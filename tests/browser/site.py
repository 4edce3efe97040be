"""The project in processes of its own: a web server, and `runjobs` when asked for."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.waiting import until

ROOT = Path(__file__).parents[2]


class Site:
    """A shop in a folder of its own; its web server runs until ``close``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.browser.project.settings",
            "BROWSER_FOLDER": str(folder),
            "PYTHONPATH": str(ROOT),
        }
        self._programs: list[subprocess.Popen[bytes]] = []
        self.act("prepare")
        self._port = _free_port()
        self._start("-m", "django", "runserver", "--noreload", f"127.0.0.1:{self._port}")
        until(lambda: _answers(self._port))

    def uri(self, path: str = "") -> str:
        """The address of a page of the admin."""
        return f"http://127.0.0.1:{self._port}/admin/{path}"

    def act(self, name: str, *arguments: Any) -> Any:
        """Have something done in the project; gives what that returns."""
        command = [sys.executable, "-m", "tests.browser.project.acts", name, json.dumps(arguments)]
        ended = subprocess.run(
            command, env=self._environment, cwd=ROOT, capture_output=True, timeout=60, check=False
        )
        assert ended.returncode == 0, ended.stderr.decode()
        return json.loads(ended.stdout)

    def drain(self) -> None:
        """Have `runjobs` perform what is there, and end."""
        program = self._start("-m", "django_activejob", "--drain", "--threads", "2")
        assert program.wait(60) == 0

    def runjobs(self) -> None:
        """Start `runjobs`."""
        self._start("-m", "django_activejob", "--threads", "2", "--no-reload")

    def stop_jobs(self) -> None:
        """Stop every program but the web server."""
        while len(self._programs) > 1:
            _stop(self._programs.pop())

    def close(self) -> None:
        """Stop all programs."""
        while self._programs:
            _stop(self._programs.pop())

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{len(self._programs)}.log").open("ab")
        program = subprocess.Popen(
            [sys.executable, *arguments],
            env=self._environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.close()
        self._programs.append(program)
        return program


def _stop(program: subprocess.Popen[bytes]) -> None:
    if program.poll() is None:
        program.send_signal(signal.SIGTERM)
    program.wait(60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
