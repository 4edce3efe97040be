"""Takes jobs from a source for as long as there is room for them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Final

from django_activejob import clock
from django_activejob.contracts import Claim, Source
from django_activejob.errors import ProcessPruned

from .outage import Outage
from .threads import start_thread

logger = logging.getLogger(__name__)

LONGEST_SLEEP: Final = 1.0
"""Seconds without room after which the claiming thread looks again; room wakes it sooner."""

_LONGEST_TURN: Final = 60.0  # seconds after which a claim that does not return is a hang
_SHORTEST_TURN: Final = 0.02  # seconds; for sources that do not wait when they have nothing


class Claiming:
    """The one thread of a worker that claims.

    ``_ended`` and ``_freed`` are events that any thread may set; ``is_pruned`` is written
    by the claiming thread alone. ``empty_turns`` counts the claims that found nothing since
    one found something, or since ``forget_empty_turns``.

    Args:
        queues: the names for the next claim.
        room: how many claims are wanted now.
        accept: what takes them, called by the claiming thread.
        patience: for how many seconds it may sleep while there is no room.
    """

    def __init__(
        self,
        source: Source,
        *,
        queues: Callable[[], Sequence[str]],
        room: Callable[[], int],
        accept: Callable[[Sequence[Claim]], None],
        patience: Callable[[], float] = lambda: LONGEST_SLEEP,
    ) -> None:
        self._source = source
        self._queues = queues
        self._room = room
        self._accept = accept
        self._patience = patience
        self._ended = threading.Event()
        self._freed = threading.Event()
        self._outage = Outage("Claiming jobs")
        self._thread: threading.Thread | None = None
        self._turned_at = clock.monotonic()
        self.is_pruned = False
        self.empty_turns = 0

    def start(self) -> None:
        """Starts the thread, unless ``end`` has been called before."""
        if not self._ended.is_set():
            self._turned_at = clock.monotonic()
            self._thread = start_thread("claiming", self._run)

    def wake(self) -> None:
        """Says that there is room."""
        if not self._freed.is_set():
            self._freed.set()

    def forget_empty_turns(self) -> None:
        """Says that there may be more jobs now than at the last claims."""
        self.empty_turns = 0

    def end(self) -> None:
        """Ends claiming for good; ends a waiting claim too."""
        self._ended.set()
        self._freed.set()
        self._source.wake()

    @property
    def has_ended(self) -> bool:
        """Whether no more claims are wanted."""
        return self._ended.is_set()

    @property
    def is_over(self) -> bool:
        """Whether no more claims can come."""
        return self._ended.is_set() and not (self._thread and self._thread.is_alive())

    def is_alive(self) -> bool:
        """Whether the thread, if it ought to run, still lives and comes back from its claims."""
        if self._thread is None or self._ended.is_set():
            return True
        hangs = clock.monotonic() - self._turned_at > _LONGEST_TURN
        return self._thread.is_alive() and not hangs

    def join(self, *, until: float) -> None:
        """Waits for the thread to end, to the given moment of the monotonic clock."""
        if self._thread is not None:
            self._thread.join(max(until - clock.monotonic(), 0))

    def _run(self) -> None:
        while not self._ended.is_set():
            self._turn()
        self._source.close()

    def _turn(self) -> None:
        # Cleared before the look at the room: what is freed in between wakes us at once.
        self._freed.clear()
        self._turned_at = clock.monotonic()
        room = self._room()
        if room < 1:
            self._freed.wait(self._patience())
            return
        began = clock.monotonic()
        claims = self._claim(room)
        if claims:
            self._accept(claims)
        elif clock.monotonic() - began < _SHORTEST_TURN:
            self._ended.wait(_SHORTEST_TURN)

    def _claim(self, room: int) -> Sequence[Claim]:
        try:
            claims = self._source.claim(self._queues(), limit=room)
        except ProcessPruned:
            self.is_pruned = True
            self._ended.set()
            return ()
        except Exception as error:  # noqa: BLE001 - a loop survives everything
            self._ended.wait(self._outage.failed(error))
            return ()
        self._outage.ended()
        self.empty_turns = 0 if claims else self.empty_turns + 1
        return claims
