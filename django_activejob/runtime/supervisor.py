"""Starts the child processes, replaces those that die, and stops them all."""

from __future__ import annotations

import gc
import logging
import os
import signal
from collections.abc import Sequence
from typing import Final

from django_activejob import clock

from . import os_signals, service_manager, titles
from .child import Child, fork, take_leave_of_stores
from .configuration import Plan, ProcessPlan
from .heartbeat import Death
from .os_signals import SignalInbox
from .post import Post
from .spawning import spawn

logger = logging.getLogger(__name__)

_TICK: Final = 1.0  # seconds
_GRACE: Final = 3.0  # seconds for a child to give back its jobs, after the shutdown time-out
_LAST_GRACE: Final = 1.0  # seconds from "at once" to the kill that nothing can ignore
_ONE_PRESS: Final = 0.5  # seconds within which two SIGINTs are one Ctrl-C, sent on by a wrapper


class Supervisor:
    """The parent of all processes; it has no connection and no thread.

    SIGTERM, SIGINT and SIGHUP stop in order; another SIGINT, or SIGQUIT, at once; SIGTSTP
    lets no more jobs be claimed; SIGTTIN and SIGUSR2 have the children tell where they are.

    Args:
        watcher: the pid of a parent without which it has to stop; None where there is none.
    """

    def __init__(self, plan: Plan, *, watcher: int | None = None) -> None:
        self._plan = plan
        self._watcher = watcher
        self._inbox = SignalInbox()
        self._posts = [Post(process, bear=self._bear) for process in plan.processes]
        self._is_quiet = False
        self._is_ready = False
        self._has_failed = False
        self._stopping_since: float | None = None
        self._escalations: list[tuple[float, signal.Signals]] = []

    def run(self) -> int:
        """Runs until stopped; returns the exit status: 1 when children cannot start, else 0."""
        take_leave_of_stores()
        titles.show("runjobs supervisor")
        # What is alive now is never collected, so that its memory stays shared.
        gc.collect()
        gc.freeze()
        try:
            while not self._is_over():
                self._tick()
        finally:
            self._inbox.close()
        logger.info("All processes have stopped.")
        return int(self._has_failed)

    def _is_over(self) -> bool:
        if any(post.child for post in self._posts):
            return False
        return self._stopping_since is not None or all(post.is_done for post in self._posts)

    def _tick(self) -> None:
        if self._stopping_since is None:
            self._fill_posts()
        else:
            self._escalate()
        self._wait()
        self._tell_service_manager()
        self._watch_parent()
        self._reap()
        self._kill_hung()
        self._give_up_if_hopeless()

    def _wait(self) -> None:
        children = [post.child for post in self._posts if post.child]
        news = [child.news for child in children if not child.is_ready]
        for number in self._inbox.wait(self._patience(), also=news):
            self._heed(number)
        for child in children:
            if not child.is_ready:
                child.listen()

    def _tell_service_manager(self) -> None:
        # A turn of this loop, at least one a second, is what its watchdog is to see.
        service_manager.tell_if_watched(service_manager.WATCHDOG)
        if not self._is_ready and all(p.child and p.child.is_ready for p in self._posts):
            self._is_ready = True
            service_manager.tell(service_manager.READY)

    def _patience(self) -> float:
        if self._escalations:
            return min(_TICK, self._escalations[0][0] - clock.monotonic())
        has_all = all(post.child or post.is_done for post in self._posts)
        return _TICK if self._stopping_since or has_all else 0.1

    def _watch_parent(self) -> None:
        if self._watcher is not None and os.getppid() != self._watcher:
            self._stop()

    # Children

    def _bear(self, plan: ProcessPlan, predecessors: Sequence[Death]) -> Child:
        if self._plan.start_method == "spawn":
            return spawn(plan, predecessors)
        return fork(plan, predecessors=predecessors, inbox=self._inbox)

    def _fill_posts(self) -> None:
        for post in self._posts:
            if post.is_due():
                post.fill()
                if self._is_quiet:
                    self._tell(os_signals.QUIET, post)

    def _reap(self) -> None:
        while ended := _next_ended():
            pid, status = ended
            for post in self._posts:
                if post.child is not None and post.child.pid == pid:
                    self._note_end(post, post.child, status)

    def _note_end(self, post: Post, child: Child, status: int) -> None:
        reason = post.vacate(child, status)
        if self._stopping_since is None and not post.is_done:
            level = logging.WARNING if status else logging.INFO
            logger.log(level, "%s (pid %d) %s; it is replaced.", post.plan.name, child.pid, reason)
        else:
            logger.info("%s (pid %d) %s.", post.plan.name, child.pid, reason)

    def _kill_hung(self) -> None:
        for post in self._posts:
            if post.child is not None and post.child.is_hung():
                logger.error("%s does not come up; it is killed.", post.plan.name)
                post.child.send(signal.SIGKILL)

    def _give_up_if_hopeless(self) -> None:
        for post in self._posts:
            if post.is_hopeless and not self._has_failed:
                self._has_failed = True
                logger.error(
                    "%s dies at every start, see the errors above: runjobs gives up.",
                    post.plan.name,
                )
                self._stop()

    # Stopping

    def _heed(self, number: int) -> None:
        if number == os_signals.QUIT:
            self._stop_at_once()
        elif number in os_signals.STOP:
            self._stop_or_hurry(number)
        elif number == os_signals.QUIET:
            self._is_quiet = True
            self._tell(os_signals.QUIET, *self._posts)
        elif number in os_signals.DUMP:
            self._tell(signal.SIGUSR2, *self._posts)

    def _stop_or_hurry(self, number: int) -> None:
        if self._stopping_since is None:
            self._stop()
        elif number == signal.SIGINT and clock.monotonic() - self._stopping_since > _ONE_PRESS:
            self._stop_at_once()

    def _stop(self) -> None:
        if self._stopping_since is None:
            self._stopping_since = clock.monotonic()
            service_manager.tell(service_manager.STOPPING)
            logger.info("Stopping; running jobs may take %g s.", self._plan.timing.shutdown_timeout)
            self._tell(signal.SIGTERM, *self._posts)
            last = self._stopping_since + self._plan.timing.shutdown_timeout + _GRACE
            self._escalations = [
                (last, signal.SIGQUIT),
                (last + _LAST_GRACE, signal.SIGKILL),
            ]

    def _stop_at_once(self) -> None:
        now = clock.monotonic()
        self._stopping_since = self._stopping_since or now
        self._tell(signal.SIGQUIT, *self._posts)
        self._escalations = [(now + _GRACE, signal.SIGKILL)]

    def _escalate(self) -> None:
        while self._escalations and clock.monotonic() >= self._escalations[0][0]:
            number = self._escalations.pop(0)[1]
            logger.warning("Processes do not stop in time; they get %s.", number.name)
            self._tell(number, *self._posts)

    def _tell(self, number: signal.Signals, *posts: Post) -> None:
        for post in posts:
            if post.child is not None:
                post.child.send(number)


def _next_ended() -> tuple[int, int] | None:
    try:
        pid, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None
    return (pid, status) if pid else None
