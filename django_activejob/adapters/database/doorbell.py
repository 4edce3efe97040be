"""What ends the rest of an idle source."""

from __future__ import annotations

import contextlib
import os
import random
import select
import threading
import time
import weakref
from multiprocessing.connection import wait

from django_activejob.adapters.database.listening import Line, can_listen
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.watching import Watch
from django_activejob.clock import monotonic

WATCH_EVERY = 0.01  # seconds between two questions whether anybody has written
WATCH_AT_REST_EVERY = 0.1  # the same, when there were no jobs for long
LONG = 2.0  # seconds
REDIAL_AFTER = 30.0  # seconds without a line after one was broken, or could not be had
LONGEST_JITTER = 0.002  # seconds: many sources hear of one job

# Fork-safe: every process that comes of a fork draws other numbers.
_random = random.SystemRandom()


class Doorbell:
    """Ends a rest early: when any thread rings, or the store has word of new jobs.

    State: a pipe, into which any thread may write; the line and when to dial again, or the
    watch, which are the resting thread's own.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._reader, self._writer = os.pipe()
        for end in (self._reader, self._writer):
            os.set_blocking(end, False)
            weakref.finalize(self, os.close, end)
        self._rings = select.poll()
        self._rings.register(self._reader, select.POLLIN)
        self._watch = Watch(store)
        self._line: Line | None = None
        self._line_owner = 0
        self._has_heard = False
        self._dial_at = 0.0
        self._jobs_at = 0.0

    def ring(self) -> None:
        """Ends the rest, this one or the next."""
        with contextlib.suppress(BlockingIOError):  # full of rings already
            os.write(self._writer, b"!")

    def rest(self, seconds: float) -> bool:
        """Waits; says whether somebody has rung. Word of new jobs merely ends the wait."""
        if self._store.watches:
            return self._rest_watching(seconds)
        self._dial()
        ends = [self._reader] if self._line is None else [self._reader, self._line.end]
        ready = wait(ends, seconds)
        if ready and ready != [self._reader]:
            self._listen()
        return self._reader in ready and self._take_rings()

    @property
    def is_proven(self) -> bool:
        """Whether new jobs have been heard of on this line, or seen, as each next one will be.

        A line through a pooler may be open and yet dead.
        """
        return self._has_heard

    def stir(self) -> None:
        """Says that there were jobs just now, so that the next may come soon."""
        self._jobs_at = monotonic()

    def hang_up(self) -> None:
        """Gives the line up, when the calling thread is the one that rests."""
        if self._line is not None and self._line_owner == threading.get_ident():
            self._drop_line()

    def _rest_watching(self, seconds: float) -> bool:
        deadline = monotonic() + seconds
        # The first question is about what was written since the last rest.
        while not self._is_anything_written() and (left := deadline - monotonic()) > 0:
            is_at_rest = monotonic() - self._jobs_at > LONG
            pause = WATCH_AT_REST_EVERY if is_at_rest else WATCH_EVERY
            if self._rings.poll(min(left, pause) * 1000):
                break
        return bool(self._rings.poll(0)) and self._take_rings()

    def _is_anything_written(self) -> bool:
        try:
            has_news = self._watch.has_news()
        except Exception:  # noqa: BLE001 - an extra: the next look says what is wrong
            self._has_heard = False
            return False
        self._has_heard = self._has_heard or has_news
        return has_news

    def _take_rings(self) -> bool:
        return bool(os.read(self._reader, 65_536))

    def _dial(self) -> None:
        if self._line is not None or monotonic() < self._dial_at:
            return
        self._dial_at = monotonic() + REDIAL_AFTER
        # An extra: whatever goes wrong with it, looking again and again goes on.
        with contextlib.suppress(Exception):
            if can_listen(self._store):
                self._line, self._line_owner = Line(self._store), threading.get_ident()
                self._hanging_up = weakref.finalize(self, self._line.close)

    def _listen(self) -> None:
        try:
            self._heard()
        except Exception:  # noqa: BLE001 - the same: without a line there is still looking
            self._drop_line()

    def _heard(self) -> None:
        if self._line is not None:
            # First the pause: what is said meanwhile is heard with it, and is one look.
            time.sleep(_random.uniform(0, LONGEST_JITTER))
            self._has_heard = self._line.hear() or self._has_heard

    def _drop_line(self) -> None:
        self._line, self._has_heard = None, False
        self._dial_at = monotonic() + REDIAL_AFTER
        with contextlib.suppress(Exception):
            self._hanging_up()
