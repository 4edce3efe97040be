"""Writes the ends of claims, many at a time."""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from django_activejob import clock
from django_activejob.contracts import ErrorRecord, Execution, Outcome, Settlement, Source
from django_activejob.errors import AdapterUnavailable

from .outage import Outage
from .threads import start_thread

logger = logging.getLogger(__name__)

_MOST: Final = 200  # settlements in one write
_LONGEST_WAIT: Final = 0.005  # seconds that an end may wait for company
_REFUSALS: Final = 5  # of one end, before a plain failure is written in its place


class Settling:
    """The one thread of a worker that settles.

    It writes when 200 have come, after 5 ms, or as soon as nothing runs. What the store
    cannot take now is kept and tried again, never dropped. ``_line`` and ``_ended`` are
    guarded by ``_changed``; what is being written stands in the line until it is written.

    Args:
        is_idle: whether no more ends can be expected for the moment.
        when_settled: told, by the settling thread, of what has been written or is lost.
    """

    def __init__(
        self,
        source: Source,
        *,
        is_idle: Callable[[], bool],
        when_settled: Callable[[Sequence[Settlement]], None],
    ) -> None:
        self._source = source
        self._is_idle = is_idle
        self._when_settled = when_settled
        self._line: deque[Settlement] = deque()
        self._ended = False
        self._changed = threading.Condition()
        self._refusals: Counter[str] = Counter()
        self._outage = Outage("Settling jobs")
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts the thread."""
        self._thread = start_thread("settling", self._run)

    def add(self, settlements: Sequence[Settlement]) -> None:
        """Hands over ends of claims. Any thread may call it."""
        with self._changed:
            was_empty = not self._line
            self._line.extend(settlements)
            if was_empty or len(self._line) >= _MOST:
                self._changed.notify()

    def hurry(self) -> None:
        """Says that nothing runs any more: what waits for company need not."""
        with self._changed:
            self._changed.notify()

    @property
    def is_failing(self) -> bool:
        """Whether the store does not take what we write."""
        return self._outage.is_on

    def is_alive(self) -> bool:
        """Whether the thread, if started, still lives."""
        return self._thread is None or self._thread.is_alive()

    def end(self) -> None:
        """Lets the thread end when its line is empty, or at its next failure."""
        with self._changed:
            self._ended = True
            self._changed.notify()

    def join(self, *, until: float) -> None:
        """Waits for the thread to end, to the given moment of the monotonic clock."""
        if self._thread is not None:
            self._thread.join(max(until - clock.monotonic(), 0))

    def _run(self) -> None:
        while batch := self._next():
            wait = self._settle(batch)
            if wait and self._rest(wait):
                break
        self._source.close()

    def _next(self) -> list[Settlement]:
        with self._changed:
            self._changed.wait_for(lambda: self._line or self._ended)
            self._changed.wait_for(self._is_enough, timeout=_LONGEST_WAIT)
            return [self._line[index] for index in range(min(len(self._line), _MOST))]

    def _is_enough(self) -> bool:
        return len(self._line) >= _MOST or self._ended or self._is_idle()

    def _rest(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._ended, timeout=seconds)

    def _settle(self, batch: Sequence[Settlement]) -> float:
        """Returns the seconds to wait before the next try; 0 after a success."""
        try:
            self._write(batch)
        except AdapterUnavailable as error:
            return self._outage.failed(error)
        except Exception as error:  # noqa: BLE001 - a loop survives everything
            return self._settle_apart(batch, error)
        self._outage.ended()
        return 0.0

    def _write(self, batch: Sequence[Settlement]) -> None:
        lost = self._source.settle(batch)
        if lost:
            logger.warning(
                "%d jobs were settled by others before we could, so their results are not "
                "recorded: %s",
                len(lost),
                ", ".join(lost),
            )
        self._remove(batch)

    def _remove(self, batch: Sequence[Settlement]) -> None:
        with self._changed:
            for settlement in batch:
                self._line.popleft()
                self._refusals.pop(settlement.claim.token, None)
        self._when_settled(batch)

    def _settle_apart(self, batch: Sequence[Settlement], error: Exception) -> float:
        """Finds the end that the store refuses among others that it may take."""
        if len(batch) == 1:
            self._put_off(batch[0], error)
            return self._outage.failed(error)
        return next(filter(None, (self._settle([one]) for one in batch)), 0.0)

    def _put_off(self, first: Settlement, error: Exception) -> None:
        """Sends the first in line to its end, so that the others are not held up."""
        token = first.claim.token
        self._refusals[token] += 1
        if self._refusals[token] == _REFUSALS:
            first = _made_plain(first, error)
        with self._changed:
            self._line.popleft()
            self._line.append(first)


def _made_plain(settlement: Settlement, error: Exception) -> Settlement:
    """A failure that any store can hold, in place of an execution that it refused."""
    execution = settlement.execution
    if execution is None:
        return settlement
    logger.error(
        "Claim %s: its end (%s) cannot be recorded as it is; it is recorded as failed.",
        settlement.claim.token,
        execution.outcome.value,
    )
    record = ErrorRecord(
        class_name=type(error).__name__,
        message=f"The job {execution.outcome.value}, but the store refused to record that.",
    )
    plain = Execution(
        outcome=Outcome.FAILED,
        started_at=execution.started_at,
        seconds=execution.seconds,
        error=record,
    )
    return replace(settlement, execution=plain)
