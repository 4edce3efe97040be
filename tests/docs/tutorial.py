"""Runs the code blocks of a tutorial, in order, as a reader would.

The word after the language says what a block is:

- ``python PATH``: a file's content; ``python PATH +`` goes to its end.
- ``sh``: commands that must succeed; ``sh fails``: that must not.
- ``sh background``: a program that goes on; ``sh restart``: it is stopped and started again.
- ``text``: lines that the programs have printed, or are about to print.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import until

_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One code block."""

    language: str
    words: tuple[str, ...]
    content: str


def blocks_of(page: Path) -> list[Block]:
    """The code blocks of a page."""
    return [
        Block(language=language, words=tuple(words.split()), content=content)
        for language, words, content in _BLOCK.findall(page.read_text())
    ]


class Reader:
    """Follows a tutorial in a folder; state: what was printed so far, and the one program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._log = folder / ".printed"
        self._log.touch()
        self._read_up_to = 0
        self._program: subprocess.Popen[bytes] | None = None

    def follow(self, block: Block) -> None:
        """Does what a block says."""
        if block.language == "python":
            self._write(block)
        elif block.language == "text":
            self._expect(block.content.rstrip("\n").split("\n"))
        elif block.language == "sh":
            self._run(block)
        else:
            raise AssertionError(f"no test knows how to run a block of {block.language}")

    def leave(self) -> None:
        """Stops the program that goes on."""
        if self._program is not None:
            self._program.send_signal(signal.SIGINT)
            assert self._program.wait(60) == 0
            self._program = None

    def _write(self, block: Block) -> None:
        path, mode = self.folder / block.words[0], "a" if "+" in block.words else "w"
        with path.open(mode) as file:
            file.write(block.content)

    def _run(self, block: Block) -> None:
        if block.words in {("background",), ("restart",)}:
            self.leave()
            self._program = self._start(block.content)
            return
        status = self._start(block.content).wait(120)
        assert (status != 0) == (block.words == ("fails",)), self._log.read_text()

    def _start(self, commands: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                ["sh", "-ec", commands if commands.count("\n") > 1 else f"exec {commands}"],
                cwd=self.folder,
                env=_environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _expect(self, lines: list[str]) -> None:
        for line in lines:
            until(lambda line=line: self._has_come(line))  # type: ignore[misc]  # bound now

    def _has_come(self, line: str) -> bool:
        printed = self._log.read_text()
        found = printed.find(line, self._read_up_to)
        if found >= 0:
            self._read_up_to = found + len(line)
        return found >= 0


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    folder = str(Path(sys.executable).parent)
    return {
        **kept,
        "PATH": f"{folder}{os.pathsep}{kept['PATH']}",
        "PYTHONUNBUFFERED": "1",
        "PIP_NO_INDEX": "1",  # the package under test is installed already
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
