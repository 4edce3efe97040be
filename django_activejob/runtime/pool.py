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


class Pool:
    """Threads that take claims from one line by themselves.

    A hand-over from one thread to another costs more than a short job, so a thread that
    ends a job takes the next from the line without asking anybody. ``_waiting``,
    ``_running`` and ``_ended`` are guarded by ``_changed``.

    Args:
        perform: what to do with a claim; must not raise.
        when_free: called by a pool thread that has ended a job.
    """

    def __init__(
        self,
        *,
        threads: int,
        perform: Callable[[Claim], None],
        when_free: Callable[[], None],
    ) -> None:
        self._size = threads
        self._perform = perform
        self._when_free = when_free
        self._waiting: deque[tuple[float, Claim]] = deque()
        self._running = 0
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
            self._changed.notify(len(claims))

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
                woken = self._changed.wait_for(self._has_news, timeout=_LONG_REST)
                if self._ended:
                    return None
                if woken:
                    self._running += 1
                    return self._waiting.popleft()[1]
            boundary.close_idle()

    def _has_news(self) -> bool:
        return bool(self._waiting) or self._ended

    def _leave(self) -> None:
        with self._changed:
            self._running -= 1
        self._when_free()
