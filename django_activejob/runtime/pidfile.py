"""A file that says which process is the supervisor."""

from __future__ import annotations

import os
from pathlib import Path

from django_activejob.errors import ConfigurationError


class Pidfile:
    """Holds the id of this process while it runs; a leftover of a dead one is replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self) -> None:
        """Takes the file.

        Raises:
            ConfigurationError: the process that it names is alive, or it cannot be written.
        """
        try:
            other = self._living_owner()
            if other is None:
                self._path.unlink(missing_ok=True)
                with self._path.open("x") as file:
                    file.write(f"{os.getpid()}\n")
                return
        except OSError as error:
            raise ConfigurationError(f"--pidfile {self._path}: {error.strerror}.") from error
        raise ConfigurationError(
            f"--pidfile {self._path}: process {other} is running. Stop it first, or, if it is "
            "another program, delete the file."
        )

    def remove(self) -> None:
        """Removes the file, if it is still ours."""
        if self.owner() == os.getpid():
            self._path.unlink(missing_ok=True)

    def _living_owner(self) -> int | None:
        owner = self.owner()
        # In a container every supervisor may have the same id: our own is a leftover.
        if owner is None or owner == os.getpid() or not _is_alive(owner):
            return None
        return owner

    def owner(self) -> int | None:
        """The pid that the file names; None when there is none."""
        try:
            return int(self._path.read_text())
        except (FileNotFoundError, ValueError):
            return None


def _is_alive(pid: int) -> bool:
    if pid < 1:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
