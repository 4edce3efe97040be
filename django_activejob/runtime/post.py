"""A place in the plan, and the child that fills it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final

from django_activejob import clock, signals
from django_activejob.instrumentation import notify

from .child import Child, describe, was_stopped
from .configuration import ProcessPlan
from .heartbeat import Death
from .outage import Backoff

logger = logging.getLogger(__name__)

Bear = Callable[[ProcessPlan, Sequence[Death]], Child]

_STEADY: Final = 10.0  # seconds of life after which a death is no sign of a bad start
_FAILED_BOOTS: Final = 5  # in a row, after which no more are tried


class Post:
    """One process that the plan asks for: filled at once, and again when its child dies.

    The first replacement comes at once; those of children that die young come later and
    later, so that a broken start does not become a storm of forks.

    Args:
        bear: makes a child by a plan, which settles what its predecessors held; may raise
            OSError.
    """

    def __init__(self, plan: ProcessPlan, *, bear: Bear) -> None:
        self.plan = plan
        self.child: Child | None = None
        self._bear = bear
        self._fill_at = 0.0
        self._deaths: list[Death] = []
        self._fallen: tuple[int, str] | None = None  # pid and end of the last child
        self._backoff = Backoff(first=0.5, cap=30.0)
        self._early_deaths = 0
        self._failed_boots = 0
        self.is_done = False

    @property
    def is_hopeless(self) -> bool:
        """Whether child after child has died before it was ready."""
        return self._failed_boots >= _FAILED_BOOTS

    def is_due(self) -> bool:
        """Whether a child is missing and it is time to make one."""
        return self.child is None and not self.is_done and clock.monotonic() >= self._fill_at

    def fill(self) -> None:
        """Forks a child; it first settles what its predecessor held."""
        try:
            self.child = self._bear(self.plan, self._deaths)
        except OSError as error:
            # The host has no more processes, or memory, to give just now.
            logger.error("%s cannot be started: %s.", self.plan.name, error.strerror)
            self._fill_at = clock.monotonic() + self._backoff.next()
            return
        if self._fallen is not None:
            pid, reason = self._fallen
            notify(
                signals.process_replaced,
                pid=pid,
                reason=reason,
                replacement_pid=self.child.pid,
            )
            self._fallen = None

    def vacate(self, child: Child, status: int) -> str:
        """Notes that its child has ended; returns how, in words."""
        self.child = None
        reason = describe(status)
        death = child.death(status)
        has_drained = self.plan.bounds.drains and child.is_ready and death is None
        self.is_done = has_drained or was_stopped(status)
        # A child that died before it was ready may have left its predecessors unsettled.
        kept = [] if child.is_ready else self._deaths
        self._deaths = [*kept, death] if death else kept
        self._fallen = (child.pid, reason)
        self._failed_boots = 0 if child.is_ready else self._failed_boots + 1
        self._fill_at = clock.monotonic() + self._wait_after(child, death)
        return reason

    def _wait_after(self, child: Child, death: Death | None) -> float:
        if child.is_ready and death is None:
            return 0.0  # it has left as it was to
        if clock.monotonic() - child.born_at >= _STEADY:
            self._early_deaths = 0
            self._backoff.reset()
        self._early_deaths += 1
        return self._backoff.next() if self._early_deaths > 1 else 0.0
