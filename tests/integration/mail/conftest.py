from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.harness import ROOT, Project

from .server import MailServer


class Post:
    """The project with a mail server beside it."""

    def __init__(self, project: Project, server: MailServer) -> None:
        self.project = project
        self.server = server
        project.extra_environment.update(
            DJANGO_SETTINGS_MODULE="tests.integration.mail.settings", MAIL_PORT=str(server.port)
        )

    def queue_everything(self) -> None:
        """Let the project's default mail go to the queue."""
        self.project.extra_environment["MAIL_IS_QUEUED"] = "1"

    def act(self, name: str) -> None:
        """Do one thing with mail, in a process of its own."""
        self._run(name)

    def errors(self) -> Any:
        """What the failed jobs say."""
        return json.loads(self._run("errors"))

    def _run(self, name: str) -> str:
        ended = subprocess.run(
            [sys.executable, "-W", "error", "-m", "tests.integration.mail.act", name],
            check=False,
            env=self.project.environment(self.project.database),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout


@pytest.fixture
def post(sqlite_project: Project) -> Iterator[Post]:
    """A project whose mail goes to a server of this test."""
    server = MailServer()
    server.start()
    yield Post(sqlite_project, server)
    server.stop()
