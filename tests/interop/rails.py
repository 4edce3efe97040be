"""A Rails application on Sidekiq: its console and its worker, as real Ruby processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

from tests.waiting import until

FOLDER = Path(__file__).parent / "ruby"


class Console:
    """A Ruby process that enqueues, reads through Sidekiq's API, and does what its Web UI does."""

    def __init__(self, redis_url: str, *, log: Path) -> None:
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                ["ruby", "console.rb"],
                env={**os.environ, "REDIS_URL": redis_url},
                cwd=FOLDER,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._log = log

    def ask(self, command: str, *arguments: Any) -> Any:
        """Have one command done; fails the test where Ruby has raised an error."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([command, arguments]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"Ruby has ended at {command}:\n{self._log.read_text()}"
        reply = json.loads(line)
        assert "error" not in reply, f"Ruby at {command}: {reply['error']}"
        return reply["answer"]

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=60)


class Sidekiq:
    """A worker of the Rails application, for one queue."""

    def __init__(self, redis_url: str, *, queue: str, log: Path) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                ["sidekiq", "-r", "./application.rb", "-q", queue, "-c", "2"],
                env={**os.environ, "REDIS_URL": redis_url},
                cwd=FOLDER,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def until_ready(self) -> Sidekiq:
        """Wait for it to take jobs."""
        until(lambda: "Running in" in self._log.read_text())
        return self

    def stop(self) -> None:
        """End it as an operator does."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)

    def close(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait(60)
