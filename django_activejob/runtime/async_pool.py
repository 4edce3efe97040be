"""Performs the jobs of one worker on an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django_activejob.contracts import Claim, QueueAdapter, Settlement
from django_activejob.job.parted_execution import can_be_parted

from .coroutine_run import CoroutineRun
from .crew import Crew
from .event_loop import EventLoop
from .time_limits import TimeLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What a worker does with a claim: all of it in one thread, or its begin and its end.

    None of them raises; ``when_free`` is called after each job.
    """

    perform: Callable[[Claim], None]
    begin: Callable[[Claim], None]
    end: Callable[[Settlement], None]
    when_free: Callable[[], None]


class AsyncPool:
    """So many jobs at once, of which those that are coroutines wait on one event loop.

    What comes before and after a coroutine (callbacks, models among the arguments, handlers)
    may block, and is done by a few threads. A job that is no coroutine, or has callbacks
    around it, is performed by a thread that it has for itself. ``_running``, ``_unbegun`` and
    ``_ended`` are guarded by ``_lock``.

    Args:
        concurrency: how many jobs may run at once, of either kind.
        threads: for what comes before and after coroutines.
    """

    def __init__(
        self,
        steps: Steps,
        *,
        concurrency: int,
        threads: int,
        adapter: QueueAdapter,
        time_limits: TimeLimits,
    ) -> None:
        self._steps = steps
        self._size = concurrency
        self._adapter = adapter
        self._time_limits = time_limits
        self._loop = EventLoop()
        self._parts = Crew("parts", most=min(threads, concurrency))
        self._wholes = Crew("pool", most=concurrency)
        self._running = 0
        self._unbegun: dict[str, Claim] = {}
        self._ended = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Starts the event loop; threads are started when they are needed."""
        self._loop.start()

    def add(self, claims: Sequence[Claim]) -> None:
        """Begins claims, as soon as threads are free for their beginnings."""
        with self._lock:
            self._running += len(claims)
            self._unbegun.update((claim.token, claim) for claim in claims)
        for claim in claims:
            self._add(claim)

    def take_back(self, *, waiting_for: float = 0.0) -> list[Claim]:
        """Takes those back that have not begun.

        With ``waiting_for`` there are none: each has its place already, and will begin.
        """
        if waiting_for:
            return []
        with self._lock:
            claims = list(self._unbegun.values())
            self._unbegun.clear()
            self._running -= len(claims)
            return claims

    def take_out(self, token: str) -> bool:
        """Takes one claim back that has not begun; False when it has."""
        with self._lock:
            is_out = self._unbegun.pop(token, None) is not None
            self._running -= is_out
            return is_out

    def has_line(self) -> bool:
        """Whether claims wait for another job to end: never."""
        return False

    def room(self) -> int:
        """How many more jobs may run."""
        with self._lock:
            return self._size - self._running

    def is_idle(self) -> bool:
        """Whether nothing runs."""
        return self.room() == self._size

    def tasks(self) -> set[asyncio.Task[Any]]:
        """The tasks on the event loop. Any thread may ask."""
        return self._loop.tasks()

    def is_alive(self) -> bool:
        """Whether the loop runs, and no thread has died."""
        return all(part.is_alive() for part in (self._loop, self._parts, self._wholes))

    def end(self) -> None:
        """Cancels coroutines that still run, whose ends are not recorded; does not wait."""
        with self._lock:
            self._ended = True
        for part in (self._loop, self._parts, self._wholes):
            part.end()

    def join(self, *, until: float) -> None:
        """Waits for loop and threads to end, to the given moment of the monotonic clock."""
        for part in (self._loop, self._parts, self._wholes):
            part.join(until=until)

    # The way of a claim

    def _add(self, claim: Claim) -> None:
        if claim.envelope is None or not can_be_parted(claim.envelope):
            self._wholes.do(partial(self._perform, claim))
            return
        run = CoroutineRun(
            claim,
            claim.envelope,
            adapter=self._adapter,
            threads=self._parts,
            time_limits=self._time_limits,
        )
        self._loop.spawn(self._run(run), name=run.name)

    def _perform(self, claim: Claim) -> None:
        if self._is_to_begin(claim):
            self._steps.perform(claim)
            self._leave()

    async def _run(self, run: CoroutineRun) -> None:
        await run.run(
            begin=lambda: self._begin(run.claim), end=self._end, is_over=lambda: self._ended
        )

    def _begin(self, claim: Claim) -> bool:
        is_to_begin = self._is_to_begin(claim)
        if is_to_begin:
            self._steps.begin(claim)
        return is_to_begin

    def _end(self, settlement: Settlement) -> None:
        self._steps.end(settlement)
        self._leave()

    def _is_to_begin(self, claim: Claim) -> bool:
        with self._lock:
            return self._unbegun.pop(claim.token, None) is not None

    def _leave(self) -> None:
        with self._lock:
            self._running -= 1
        self._steps.when_free()
