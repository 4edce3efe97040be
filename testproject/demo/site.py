"""The two programs of the demo: a web server and `runjobs`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO

import django
from django.core.management import call_command
from django.db import connections

ROOT = Path(__file__).resolve().parent.parent.parent
USER = PASSWORD = "admin"  # of the demo, on this machine only
STOPPING = 40.0  # seconds


class Site:
    """Starts both programs, and stops them at the end; state: the two processes."""

    def __init__(self, *, port: int, output: IO[str] | None = None) -> None:
        self.port = _free_port(port)
        self._output = output
        self._programs: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        """Where the site is."""
        return f"http://127.0.0.1:{self.port}/"

    def prepare(self) -> None:
        """Makes the database, and a user for the admin."""
        django.setup()
        call_command("migrate", verbosity=0)
        _make_admin()
        # The programs that follow have connections of their own.
        connections.close_all()

    def __enter__(self) -> Site:
        self._start("web", "runserver", "--noreload", f"127.0.0.1:{self.port}")
        self._start("jobs", "runjobs", "--no-reload")
        _wait_for_port(self.port)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for name in list(self._programs):
            self.stop(name)

    def stop(self, name: str) -> int:
        """Asks a program to end, and gives its exit status."""
        program = self._programs.pop(name)
        if program.poll() is None:
            program.send_signal(signal.SIGTERM)
        try:
            return program.wait(STOPPING)
        except subprocess.TimeoutExpired:
            program.kill()
            return program.wait()

    def wait(self) -> int:
        """Waits until a program ends by itself, or Ctrl-C."""
        try:
            while all(program.poll() is None for program in self._programs.values()):
                time.sleep(0.2)
        except KeyboardInterrupt:
            print("\nStopping …", flush=True)
            return 0
        print("One of the programs has ended; stopping the other.", flush=True)
        return 1

    def welcome(self) -> str:
        """What a person has to know."""
        return (
            f"\n  Working It   {self.url}\n"
            f"  Inbox        {self.url}inbox/\n"
            f"  Jobs         {self.url}admin/   user {USER}, password {PASSWORD}\n\n"
            "  Ctrl-C stops everything.\n"
        )

    def _start(self, name: str, *command: str) -> None:
        # Own process groups: a Ctrl-C is ours to pass on, once.
        self._programs[name] = subprocess.Popen(  # noqa: S603 - our own programs
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=self._output,
            stderr=subprocess.STDOUT if self._output else None,
            start_new_session=True,
        )


def _make_admin() -> None:
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    if not users.filter(username=USER).exists():
        users.create_superuser(USER, "admin@example.com", PASSWORD)


def _free_port(port: int) -> int:
    while port < 65_535:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
        port += 1
    raise SystemExit("No port is free for the web server.")


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("The web server did not start within 60 seconds; its output is above.")
