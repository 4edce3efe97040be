"""Sums up, in memory, what executions came to, until a beat carries it to the store."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django_activejob.contracts import Envelope, Execution, Outcome, Settlement
from django_activejob.contracts.tallies import BOUNDS, BUCKETS, MINUTE, Tally, Times

_MOST: Final = 1_000  # sums kept at once; names that nobody knows must not fill the memory
_OTHERS: Final = "(others)"
_OTHER_OUTCOMES: Final = tuple(one for one in Outcome if one is not Outcome.PERFORMED)

_Key = tuple[int, str, str]  # minute, job class, queue


class Tallying:
    """The sums of one worker since its last beat.

    The settling thread adds, the heartbeat thread takes; ``_sums`` is guarded by ``_lock``.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sums: dict[_Key, _Sum] = {}

    def note(self, settlements: Sequence[Settlement]) -> None:
        """Adds executions that have been recorded; what was given back does not count."""
        with self._lock:
            for settlement in settlements:
                execution, envelope = settlement.execution, settlement.claim.envelope
                if execution is not None and envelope is not None:
                    self._sum_of(execution, envelope).add(execution, envelope)

    def take(self) -> list[Tally]:
        """Gives the sums, and begins anew."""
        with self._lock:
            sums, self._sums = self._sums, {}
        return [found.tally(key) for key, found in sums.items()]

    def has_any(self) -> bool:
        """Whether there is something to tell."""
        with self._lock:
            return bool(self._sums)

    def give_back(self, tallies: Sequence[Tally]) -> None:
        """Takes back sums that no store would have."""
        with self._lock:
            for tally in tallies:
                key = (tally.began, tally.job_class, tally.queue)
                self._sums.setdefault(key, _Sum()).merge(tally)

    def _sum_of(self, execution: Execution, envelope: Envelope) -> _Sum:
        ended = execution.started_at.timestamp() + execution.seconds
        minute = int(ended) // MINUTE * MINUTE
        key = (minute, envelope.payload["job_class"], envelope.queue_name)
        found = self._sums.get(key)
        if found is None:
            if len(self._sums) >= _MOST:
                key = (minute, _OTHERS, _OTHERS)
            found = self._sums.setdefault(key, _Sum())
        return found


class _Sum:
    """One sum in the making.

    Adding is done for each job, and so takes care: what nearly all jobs do comes first, and
    no Enum is hashed for it.
    """

    __slots__ = ("failures", "others", "performed", "run", "wait")

    def __init__(self) -> None:
        self.performed = 0
        self.others: Counter[Outcome] = Counter()
        self.run = _Durations()
        self.wait = _Durations()
        self.failures: Counter[str] = Counter()

    def add(self, execution: Execution, envelope: Envelope) -> None:
        """Adds one execution."""
        self.run.add(execution.seconds)
        due = envelope.scheduled_at or _moment(envelope.payload.get("enqueued_at"))
        if due is not None:
            self.wait.add((execution.started_at - due).total_seconds())
        if execution.outcome is Outcome.PERFORMED:
            self.performed += 1
            return
        self.others[execution.outcome] += 1
        if execution.outcome is Outcome.FAILED and execution.error is not None:
            self.failures[execution.error.class_name] += 1

    def merge(self, tally: Tally) -> None:
        """Adds a sum to this one."""
        self.performed += tally.performed
        for outcome in _OTHER_OUTCOMES:
            self.others[outcome] += getattr(tally, outcome.value)
        self.run.merge(tally.run)
        self.wait.merge(tally.wait)
        self.failures.update(tally.failures)

    def tally(self, key: _Key) -> Tally:
        """The sum as a value."""
        minute, job_class, queue = key
        return Tally(
            began=minute,
            job_class=job_class,
            queue=queue,
            performed=self.performed,
            run=self.run.times(),
            wait=self.wait.times(),
            failures=dict(self.failures),
            **{outcome.value: self.others[outcome] for outcome in _OTHER_OUTCOMES},
        )


class _Durations:
    """Durations in the making."""

    __slots__ = ("buckets", "least", "most", "total")

    def __init__(self) -> None:
        self.buckets = [0] * BUCKETS
        self.total = 0.0
        self.least = float("inf")
        self.most = 0.0

    def add(self, seconds: float) -> None:
        """Adds one; clocks that disagree give 0, never less."""
        if seconds < 0.0:
            seconds = 0.0
        self.buckets[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds
        if seconds < self.least:
            self.least = seconds
        if seconds > self.most:
            self.most = seconds

    def merge(self, times: Times) -> None:
        """Adds many."""
        if times.number:
            self.buckets = [
                mine + more for mine, more in zip(self.buckets, times.buckets, strict=True)
            ]
            self.total += times.total
            self.least = min(self.least, times.least)
            self.most = max(self.most, times.most)

    def times(self) -> Times:
        """The durations as a value."""
        least = min(self.least, self.most)
        return Times(buckets=tuple(self.buckets), total=self.total, least=least, most=self.most)


def _moment(text: object) -> datetime | None:
    """A time of a payload; None when it is none with a zone."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
