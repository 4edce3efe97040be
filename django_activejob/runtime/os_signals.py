"""The signals of the operating system, as messages that a main loop reads."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

STOP: Final = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
"""Stop in order: Ctrl-C, a deploy, a terminal that goes away."""

QUIT: Final = signal.SIGQUIT
"""Stop at once."""

QUIET: Final = signal.SIGTSTP
"""Take no more jobs."""

DUMP: Final = frozenset({signal.SIGTTIN, signal.SIGUSR2})
"""Tell where threads and jobs are: Sidekiq's signal, and one that every platform can send."""

_HANDLED: Final = frozenset({*STOP, QUIT, QUIET, *DUMP, signal.SIGCHLD})


class SignalInbox:
    """Collects signals for the main loop of a process.

    A handler runs between any two instructions of the main thread, so it does nothing:
    the interpreter itself writes the number of each signal into a pipe, which the loop
    reads. Made and used by the main thread; ``wake`` may be called by any.
    """

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self._before: dict[signal.Signals, Any] = {
            number: signal.signal(number, _do_nothing) for number in _HANDLED
        }
        self._before_fd = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)

    def wait(self, timeout: float, *, also: Iterable[int] = ()) -> list[signal.Signals]:
        """Waits for a signal, for ``wake`` or for one of other descriptors to be readable.

        Returns:
            The signals that have come, in order; empty after ``timeout`` seconds.
        """
        poll = select.poll()
        for descriptor in (self._read, *also):
            poll.register(descriptor, select.POLLIN)
        poll.poll(max(timeout, 0) * 1000)
        return [signal.Signals(number) for number in self._drain() if number]

    def wake(self) -> None:
        """Ends a ``wait``."""
        try:
            os.write(self._write, b"\0")
        except BlockingIOError:
            return  # so full of signals that the loop wakes anyway

    def close(self) -> None:
        """Puts back the handlers that were there before."""
        signal.set_wakeup_fd(self._before_fd)
        for number, before in self._before.items():
            signal.signal(number, before)
        self.disown()

    def disown(self) -> None:
        """In a forked child: lets go of what was the parent's, with its handlers unchanged."""
        os.close(self._read)
        os.close(self._write)

    def _drain(self) -> bytes:
        try:
            return os.read(self._read, 4096)
        except BlockingIOError:
            return b""


@contextmanager
def held_back() -> Iterator[None]:
    """Keeps signals waiting, so that none meets a forked child that has no inbox yet."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def let_through() -> None:
    """In a forked child: delivers what ``held_back`` kept waiting."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)


def _do_nothing(number: int, frame: FrameType | None) -> None:
    """Stands for a handler; without one the interpreter would not write to the pipe."""
