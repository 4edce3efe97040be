"""Starts `runjobs` anew whenever the project's files change."""

from __future__ import annotations

import logging
import signal
import subprocess
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.utils import autoreload

from . import os_signals
from .os_signals import SignalInbox
from .threads import start_thread

logger = logging.getLogger(__name__)

_TICK: Final = 1.0  # seconds; all that matters wakes the loop
_STOP: Final = frozenset({*os_signals.STOP, os_signals.QUIT})
_FORWARDED: Final = frozenset({*_STOP, os_signals.QUIET, *os_signals.DUMP})


class Reloading:
    """A parent that runs a command as its child, and replaces the child when files change.

    What has changed is found by Django's own reloader, as for ``runserver``. A child is asked
    to stop, and the next is started when it is gone, so that running jobs end in order. One
    that fails by itself is started again with the next change. One thread watches the files;
    it writes ``_changed``, all else is the main thread's.

    Args:
        command: the child, which must not watch by itself.
        say: tells the person at the terminal.
    """

    def __init__(self, command: Sequence[str], *, say: Callable[[str], None]) -> None:
        self._command = command
        self._say = say
        self._inbox = SignalInbox()
        self._reloader = autoreload.get_reloader()
        self._changed: Path | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._is_restarting = False
        self._is_stopping = False

    def run(self) -> int:
        """Runs until it is told to stop, or its child ends well by itself; gives the status."""
        self._start_watching()
        self._start_child()
        try:
            while (status := self._turn()) is None:
                pass
        finally:
            autoreload.file_changed.disconnect(self._note_change)
            self._reloader.stop()
            self._inbox.close()
        return status

    def _turn(self) -> int | None:
        """Returns the status to end with; None as long as there is something to wait for."""
        for number in self._inbox.wait(_TICK):
            if number in _FORWARDED:
                self._forward(number)
        if self._child is not None:
            ended = self._child.poll()
            if ended is not None:
                return self._note_end(ended)
            self._restart_if_changed()
        elif self._is_stopping:
            return 0
        elif self._changed is not None:
            self._start_child()
        return None

    # The child

    def _start_child(self) -> None:
        self._changed = None
        self._is_restarting = False
        self._child = subprocess.Popen(self._command)  # noqa: S603 - what this process was called with

    def _forward(self, number: signal.Signals) -> None:
        self._is_stopping |= number in _STOP
        if self._child is not None:
            self._child.send_signal(number)

    def _restart_if_changed(self) -> None:
        if self._changed is None or self._is_restarting or self._is_stopping:
            return
        self._is_restarting = True
        self._say(f"{self._changed} has changed: starting anew when the running jobs have ended.")
        if self._child is not None:
            self._child.terminate()

    def _note_end(self, status: int) -> int | None:
        self._child = None
        if self._is_stopping or (status == 0 and not self._is_restarting):
            return max(status, 0)
        if not self._is_restarting:
            self._say(f"runjobs has ended with status {status}; the next change starts it anew.")
        elif self._changed is not None:
            self._start_child()
        return None

    # The files

    def _start_watching(self) -> None:
        autoreload.file_changed.connect(self._note_change)
        for folder in _own_folders():
            # What is imported later, in a worker, is none of the modules of this process.
            self._reloader.watch_dir(folder, "**/*.py")
        autoreload.autoreload_started.send(sender=self._reloader)
        start_thread("reloader", self._reloader.run_loop)
        self._say(f"Watching for file changes with {type(self._reloader).__name__}.")

    def _note_change(self, sender: Any, file_path: Path, **_: Any) -> bool:
        self._changed = file_path
        self._inbox.wake()
        # "Dealt with": else Django would end this process.
        return True


def _own_folders() -> list[Path]:
    """The folders of the apps that are no installed packages."""
    installed = [Path(sysconfig.get_path(name)) for name in ("purelib", "platlib", "stdlib")]
    folders = [Path(app.path) for app in apps.get_app_configs()]
    return [folder for folder in folders if not any(map(folder.is_relative_to, installed))]
