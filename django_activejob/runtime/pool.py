"""The threads of one worker."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from django_activejob import clock
from django_activejob.contracts import Claim

from . import boundary
from .threads import start_thread

_LONG_REST: Final = 60.0  # seconds after which an idle thread closes its connections
_SHORT_REST: Final = 1.0  # seconds after which connections are tried before they are used
_STUCK: Final = 0.002  # seconds in which no job begins, after which one more thread helps


class Pool:
    """Threads that take claims from one line by themselves.

    A hand-over from one thread to another costs more than a short job, so a thread that
    ends a job takes the next from the line without asking anybody, and no more threads run
    than are of use. While claims wait for these, one of the others stands by: it helps when
    no job has begun for some milliseconds, for then all that run may be long ones. All but
    the constants and ``_threads`` is guarded by ``_changed``.

    Args:
        perform: what to do with a claim; must not raise.
        when_free: called by a pool thread that has ended a job.
        useful: how many threads are of use now; None means all.
    """

    def __init__(
        self,
        *,
        threads: int,
        perform: Callable[[Claim], None],
        when_free: Callable[[], None],
        useful: Callable[[], int] | None = None,
    ) -> None:
        self._size = threads
        self._useful = useful or (lambda: threads)
        self._perform = perform
        self._when_free = when_free
        self._waiting: deque[tuple[float, Claim]] = deque()
        self._running = 0
        self._last_began: tuple[int, float] = (0, 0.0)  # which thread, when
        self._has_standby = False
        self._ended = False
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Starts the threads."""
        self._threads = [
            start_thread(f"pool-{number}", self._run) for number in range(1, self._size + 1)
        ]

    def add(self, claims: Sequence[Claim]) -> None:
        """Puts claims at the end of the line."""
        now = clock.monotonic()
        with self._changed:
            self._waiting.extend((now, claim) for claim in claims)
            self._changed.notify(self._missing())

    def take_back(self, *, waiting_for: float = 0.0) -> list[Claim]:
        """Takes those out of the line that have waited for so many seconds."""
        latest = clock.monotonic() - waiting_for
        claims = []
        with self._changed:
            while self._waiting and self._waiting[0][0] <= latest:
                claims.append(self._waiting.popleft()[1])
        return claims

    def take_out(self, token: str) -> bool:
        """Takes one claim out of the line; False when it does not stand there."""
        with self._changed:
            for entry in self._waiting:
                if entry[1].token == token:
                    self._waiting.remove(entry)
                    return True
        return False

    def has_line(self) -> bool:
        """Whether claims wait for a thread."""
        return bool(self._waiting)

    def room(self) -> int:
        """How many more claims threads are free for."""
        with self._changed:
            return self._size - self._running - len(self._waiting)

    def is_idle(self) -> bool:
        """Whether nothing runs and nothing waits."""
        return self.room() == self._size

    def is_alive(self) -> bool:
        """Whether every thread that was started still lives."""
        return all(thread.is_alive() for thread in self._threads)

    def end(self) -> None:
        """Lets threads end after the job that they are at; does not wait for them."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def join(self, *, until: float) -> None:
        """Waits for the threads to end, to the given moment of the monotonic clock."""
        for thread in self._threads:
            thread.join(max(until - clock.monotonic(), 0))

    def _run(self) -> None:
        rested_since = clock.monotonic()
        while (claim := self._next()) is not None:
            if clock.monotonic() - rested_since > _SHORT_REST:
                boundary.check_after_rest()
            self._perform(claim)
            self._leave()
            rested_since = clock.monotonic()

    def _next(self) -> Claim | None:
        while True:
            with self._changed:
                while self._waiting and not self._ended and not self._is_wanted():
                    self._stand_by()
                if self._ended:
                    return None
                if self._waiting:
                    return self._begin()
                woken = self._changed.wait(_LONG_REST)
            if not woken:
                boundary.close_idle()

    def _is_wanted(self) -> bool:
        """Whether the calling thread is to take a claim, rather than to leave it to others."""
        thread, moment = self._last_began
        return (
            self._running < self._useful()
            or thread == threading.get_ident()
            or clock.monotonic() - moment > _STUCK
        )

    def _stand_by(self) -> None:
        if self._has_standby:
            self._changed.wait(_LONG_REST)
            return
        self._has_standby = True
        self._changed.wait(_STUCK)
        self._has_standby = False

    def _begin(self) -> Claim:
        self._running += 1
        self._last_began = threading.get_ident(), clock.monotonic()
        claim = self._waiting.popleft()[1]
        # What is of use may have changed since the line was filled.
        self._changed.notify(min(self._missing(), 1))
        return claim

    def _missing(self) -> int:
        """How many more threads the line needs, with one to stand by."""
        useful = self._useful()
        missing = min(max(useful - self._running, 0), len(self._waiting))
        if useful < self._size and self._waiting and not self._has_standby:
            return missing + 1
        return missing

    def _leave(self) -> None:
        with self._changed:
            self._running -= 1
        self._when_free()
