"""What ends the rest of an idle source."""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from collections.abc import Callable
from multiprocessing.connection import wait
from typing import Final

from django_activejob.adapters.redis.listening import Line
from django_activejob.adapters.redis.store import Store
from django_activejob.clock import monotonic

REDIAL_AFTER: Final = 2.0  # seconds without a line after one was broken, or could not be had


class Doorbell:
    """Ends a rest early: when any thread rings, or somebody pushes into an empty queue.

    State: a pipe, into which any thread may write; the line, its owner, and when to dial
    again, which are the resting thread's own.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._reader, self._writer = os.pipe()
        for end in (self._reader, self._writer):
            os.set_blocking(end, False)
            weakref.finalize(self, os.close, end)
        self._line: Line | None = None
        self._owner = 0
        self._dial_at = 0.0

    def ring(self) -> None:
        """Ends the rest, this one or the next."""
        with contextlib.suppress(BlockingIOError):  # full of rings already
            os.write(self._writer, b"!")

    def listen(self) -> bool:
        """Hears from now on of jobs that come; says whether some may have come unheard."""
        if self._line is None and monotonic() < self._dial_at:
            return False
        # An extra: whatever goes wrong with it, looking again and again goes on.
        try:
            return self._open()
        except Exception:  # noqa: BLE001 - as said
            self._drop()
            return False

    def rest(self, seconds: float) -> bool:
        """Waits; says whether somebody has rung. Word of new jobs merely ends the wait."""
        ends = [self._reader] if self._line is None else [self._reader, self._line.end]
        ready = wait(ends, seconds)
        if self._line is not None and self._line.end in ready:
            self._try(self._line.hear)
        return self._reader in ready and bool(os.read(self._reader, 65_536))

    def hush(self) -> None:
        """Wants to hear nothing while there is enough to do."""
        if self._line is not None:
            self._try(self._line.hush)

    def hang_up(self) -> None:
        """Gives the line up, when the calling thread is the one that rests."""
        if self._line is not None and self._owner == threading.get_ident():
            self._drop()

    def _open(self) -> bool:
        if self._line is None:
            self._line, self._owner = Line(self._store), threading.get_ident()
        return self._line.open()

    def _try(self, what: Callable[[], None]) -> None:
        try:
            what()
        except Exception:  # noqa: BLE001 - the same: without a line there is still looking
            self._drop()

    def _drop(self) -> None:
        line, self._line = self._line, None
        self._dial_at = monotonic() + REDIAL_AFTER
        if line is not None:
            with contextlib.suppress(Exception):
                line.close()
