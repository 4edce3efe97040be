"""The life of one child process, from its fork to its exit."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

from django_activejob import clock
from django_activejob.contracts import Command
from django_activejob.job.base import ActiveJob
from django_activejob.job.context import set_cancelling, set_limiting, set_stopping

from . import memory, os_signals, stacks, streams, titles
from .birth import BOOTING, READY, Birth, Exit
from .configuration import ProcessPlan
from .os_signals import SignalInbox
from .parts import Parts
from .worker import Worker

logger = logging.getLogger(__name__)

_TICK: Final = 0.5  # seconds between two looks at the health of the parts
_DRAIN_TICK: Final = 0.02
_LEAVE_WITHIN: Final = 2.0  # seconds for deregistering and for threads to end
_LEAVE_AT_ONCE_WITHIN: Final = 0.7
_CUT_WITHIN: Final = 0.5  # seconds for recording the ends of jobs that are cut short


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaving:
    """Why and how the process ends."""

    why: str
    status: Exit
    at_once: bool = False


class Process:
    """The main thread of a child: it waits for signals, and watches over the other threads.

    It never talks to the store itself, so that nothing can keep it from stopping in time.
    """

    def __init__(self, plan: ProcessPlan, birth: Birth, *, inbox: SignalInbox) -> None:
        self._plan = plan
        self._birth = birth
        self._inbox = inbox
        self._leaving: _Leaving | None = None
        self._has_news = False
        self._is_ready = False
        self._is_fenced = False
        self._parts = Parts(plan, birth, obey=self._obey, when_news=self._note_news)

    def run(self) -> Exit:
        """Lives until told to stop; returns the status to exit with."""
        self._parts.start()
        while self._leaving is None:
            self._tick()
        logger.info("%s stops: %s.", self._plan.name, self._leaving.why)
        self._parts.stop()
        self._drain()
        self._cut_short()
        return self._leave(self._leaving)

    def keep_time_limits(self) -> None:
        """Has the time limits of jobs kept in this process."""
        if self._parts.worker is not None:
            set_limiting(self._parts.worker.time_limits.limited)

    def heed_cancellations(self) -> None:
        """Has jobs of this process know when an operator cancels them."""
        if self._parts.worker is not None:
            set_cancelling(self._parts.worker.cancellations)

    def stopping(self, job: ActiveJob) -> str | None:
        """Why a job in steps had better stop; None while it may go on. Any thread may ask."""
        return "stopping" if self._leaving is not None else None

    # Living

    def _tick(self) -> None:
        self._read_signals(_TICK)
        if not self._is_ready:
            self._start_registered()
        self._watch()

    def _read_signals(self, timeout: float) -> None:
        for number in self._inbox.wait(timeout):
            if number == os_signals.QUIET:
                self._quiet()
            elif number == os_signals.QUIT:
                self._leave_because("it was told to stop at once", Exit.IN_ORDER, at_once=True)
            elif number in os_signals.STOP:
                self._leave_because("it was told to stop", Exit.IN_ORDER)
            elif number in os_signals.DUMP:
                self._tell_stacks()

    def _start_registered(self) -> None:
        self._is_ready = self._parts.start_registered()
        if self._is_ready:
            self._tell(READY)
            logger.info("%s has started, pid %d.", self._plan.name, os.getpid())
        elif self._has_news:
            self._has_news = False
            self._tell(BOOTING)

    def _tell(self, news: bytes) -> None:
        try:
            os.write(self._birth.news, news)
        except OSError:
            return  # nobody reads: a dead supervisor is noticed elsewhere

    def _note_news(self) -> None:
        self._has_news = True
        self._inbox.wake()

    def _obey(self, command: Command) -> None:
        if command.action == "quiet":
            self._quiet()
        elif command.action == "stop":
            self._leave_because("an operator stopped it", Exit.STOPPED)
            self._inbox.wake()
        elif command.token is not None and self._parts.worker is not None:
            self._parts.worker.cancel(command.token)

    def _quiet(self) -> None:
        if self._parts.worker is not None:
            self._parts.worker.quiet()

    def _tell_stacks(self) -> None:
        worker = self._parts.worker
        stacks.tell(
            self._plan.name,
            jobs=worker.performing() if worker is not None else {},
            tasks=worker.tasks() if worker is not None else set(),
        )

    # Watching

    def _watch(self) -> None:
        if self._parts.failure is not None:
            logger.error("%s cannot start.", self._plan.name, exc_info=self._parts.failure)
            self._leave_because("it could not register", Exit.BROKEN)
        elif os.getppid() != self._birth.supervisor_pid:
            self._leave_because("its supervisor is gone", Exit.IN_ORDER)
        elif self._parts.is_pruned:
            self._leave_because("others have given it up for dead", Exit.GIVEN_UP)
        elif not self._parts.are_alive():
            self._leave_because("one of its threads has died", Exit.BROKEN)
        elif self._parts.worker is not None and self._parts.worker.overdue():
            self._leave_because("a job does not end within its time limit", Exit.IN_ORDER)
        elif why := self._has_done_enough():
            self._leave_because(why, Exit.IN_ORDER)
        self._watch_silence()

    def _has_done_enough(self) -> str | None:
        worker, bounds = self._parts.worker, self._plan.bounds
        if worker is None:
            return None
        if worker.is_spent():
            return f"it has performed {bounds.max_jobs} jobs"
        if bounds.drains and self._parts.have_drained():
            return "no job is left"
        return self._has_grown(bounds.max_memory) if worker.has_taken_any else None

    def _has_grown(self, most: int | None) -> str | None:
        if most is None or (size := memory.resident() // memory.MEGABYTE) <= most:
            return None
        return f"it has grown to {size} MB"

    def _watch_silence(self) -> None:
        timing, seconds = self._plan.timing, self._parts.silence()
        if seconds >= timing.dead_after:
            self._leave_because(
                "it could not beat, so others may take its jobs", Exit.GIVEN_UP, at_once=True
            )
        elif (seconds >= timing.self_fence_after) != self._is_fenced:
            self._is_fenced = not self._is_fenced
            logger.warning(
                "%s last beat %.0f s ago: it %s.",
                self._plan.name,
                seconds,
                "claims no more jobs" if self._is_fenced else "claims jobs again",
            )

    def _leave_because(self, why: str, status: Exit, *, at_once: bool = False) -> None:
        if self._leaving is None or (at_once and not self._leaving.at_once):
            self._leaving = _Leaving(why=why, status=status, at_once=at_once)

    # Leaving

    def _drain(self) -> None:
        worker = self._parts.worker
        if worker is None:
            return
        until = clock.monotonic() + self._plan.timing.shutdown_timeout
        while not worker.is_idle() and clock.monotonic() < until and not self._must_hurry():
            self._read_signals(_DRAIN_TICK)
            self._watch_silence()
        if held := set(worker.held()) - set(worker.overdue()):
            logger.warning(
                "%s: %d jobs have not ended in time and go back to their queues.",
                self._plan.name,
                len(held),
            )

    def _cut_short(self) -> None:
        worker = self._parts.worker
        if worker is not None:
            self._await_ends(worker, worker.cut_short())

    def _await_ends(self, worker: Worker, tokens: Sequence[str]) -> None:
        until = clock.monotonic() + _CUT_WITHIN
        while set(tokens) & set(worker.held()) and clock.monotonic() < until:
            self._read_signals(_DRAIN_TICK)

    def _leave(self, leaving: _Leaving) -> Exit:
        within = _LEAVE_AT_ONCE_WITHIN if self._must_hurry() else _LEAVE_WITHIN
        worker = self._parts.worker
        if worker is None or not (worker.overdue() or worker.never_again()):
            self._parts.deregister(until=clock.monotonic() + within)
            return leaving.status
        # An overdue job runs until the process is gone; only then may others settle it. And
        # to deregister gives back all that is held, also what has ended and is not written.
        self._await_ends(worker, worker.give_back_all_but_overdue())
        self._parts.fall_silent(until=clock.monotonic() + within)
        return Exit.OVERDUE if worker.overdue() else Exit.GIVEN_UP

    def _must_hurry(self) -> bool:
        return self._leaving is not None and self._leaving.at_once


def live_and_exit(plan: ProcessPlan, birth: Birth) -> NoReturn:
    """Lives a child's life in a process just made, maybe with signals held back."""
    status = Exit.BROKEN
    try:
        inbox = SignalInbox()
        os_signals.let_through()
        stacks.tell_of_crashes()
        titles.show(titles.title_of(plan))
        process = Process(plan, birth, inbox=inbox)
        set_stopping(process.stopping)
        process.keep_time_limits()
        process.heed_cancellations()
        status = process.run()
    # Nothing may climb into the frames of the supervisor, of which this is a copy.
    except BaseException:
        logger.exception("%s has failed.", plan.name)
    finally:
        _exit(status)


def _exit(status: int) -> NoReturn:
    # os._exit, for a hung thread must not hold the process; so the last words are said
    # here, by a thread, for a log handler may hang as well.
    flushing = threading.Thread(target=_flush, daemon=True)
    flushing.start()
    flushing.join(1.0)
    os._exit(status)


def _flush() -> None:
    logging.shutdown()
    streams.flush()
