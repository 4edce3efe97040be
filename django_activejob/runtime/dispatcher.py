"""Runs the chores of an adapter, each in its time."""

from __future__ import annotations

import logging
import random
import threading
from dataclasses import dataclass, field
from typing import Final

from django_activejob import clock, signals
from django_activejob.contracts import Chore, ProcessRegistry, QueueAdapter
from django_activejob.instrumentation import notify

from .configuration import Timing
from .outage import Outage
from .threads import start_thread

logger = logging.getLogger(__name__)

_SOONEST: Final = 1.0  # seconds until another look at a process that may be dead
_JITTER: Final = 0.2  # of the interval, either way: the dispatchers of many hosts part


@dataclass(slots=True, kw_only=True)
class _Turn:
    """A chore, and when it is next due."""

    chore: Chore
    due_at: float  # monotonic
    found_nothing: bool = False
    outage: Outage = field(init=False)

    def __post_init__(self) -> None:
        self.outage = Outage(f"The chore {self.chore.name!r}", cap=max(self.chore.every, 5.0))


class Dispatcher:
    """One thread that does the chores of one adapter, and looks for its dead processes.

    A chore that found something to do comes again at once, after those that were due
    before it.
    """

    def __init__(self, adapter: QueueAdapter, *, timing: Timing) -> None:
        self._adapter = adapter
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        chores = [*adapter.chores(), *self._maintenance(timing)]
        self._turns = [_Turn(chore=chore, due_at=0.0) for chore in chores]

    def start(self) -> None:
        """Starts the thread."""
        self._thread = start_thread("dispatcher", self._run)

    def is_alive(self) -> bool:
        """Whether the thread, if it ought to run, still lives."""
        return self._thread is None or self._ended.is_set() or self._thread.is_alive()

    def has_rested(self) -> bool:
        """Whether every chore has found nothing to do when it last ran. Any thread may ask."""
        return all(turn.found_nothing for turn in self._turns)

    def end(self) -> None:
        """Ends the thread after the chore that it is at."""
        self._ended.set()

    def join(self, *, until: float) -> None:
        """Waits for the thread to end, to the given moment of the monotonic clock."""
        if self._thread is not None:
            self._thread.join(max(until - clock.monotonic(), 0))

    def _maintenance(self, timing: Timing) -> list[Chore]:
        registry = self._adapter.registry()
        if registry is None:
            return []
        return [
            Chore(
                name="prune",
                every=timing.maintenance_interval,
                run=lambda: self._prune(registry, timing.dead_after),
                due_in=lambda: self._next_death(timing),
            )
        ]

    def _run(self) -> None:
        while self._turns and not self._ended.is_set():
            turn = min(self._turns, key=lambda turn: turn.due_at)
            if not self._ended.wait(max(turn.due_at - clock.monotonic(), 0)):
                self._take(turn)

    def _take(self, turn: _Turn) -> None:
        began = clock.monotonic()
        try:
            count = turn.chore.run()
            pause = 0.0 if count else _pause(turn.chore)
        except Exception as error:  # noqa: BLE001 - a loop survives everything
            turn.due_at = clock.monotonic() + turn.outage.failed(error)
            return
        turn.outage.ended()
        turn.found_nothing = not count
        ended = clock.monotonic()
        turn.due_at = ended + pause
        notify(
            signals.chore_ran,
            adapter=self._adapter,
            name=turn.chore.name,
            count=count,
            seconds=ended - began,
        )

    def _prune(self, registry: ProcessRegistry, dead_after: float) -> int:
        buried = registry.prune(silent_for=dead_after)
        if buried:
            notify(signals.process_pruned, adapter=self._adapter, buried=buried)
        return 0

    def _next_death(self, timing: Timing) -> float | None:
        """Seconds until the one that is silent for longest counts as dead, if any is silent.

        That is by this host's clock, so no more than a reason to look: the store judges.
        """
        inspector = self._adapter.inspector()
        beats = [each.beat_at for each in inspector.processes()] if inspector is not None else []
        silence = max(((clock.now() - beat).total_seconds() for beat in beats if beat), default=0.0)
        if silence < 2 * timing.beat_interval:
            return None
        return max(timing.dead_after - silence, _SOONEST)


def _pause(chore: Chore) -> float:
    pause, due_in = _about(chore.every), chore.due_in()
    return pause if due_in is None else min(pause, max(due_in, 0.0))


def _about(seconds: float) -> float:
    return seconds * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spreads load
