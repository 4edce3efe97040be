"""Tallies as people read them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django_activejob import clock
from django_activejob.adapters.redis.store import Store
from django_activejob.adapters.redis.tallying import KEPT
from django_activejob.contracts import FailureCount, Tally, TallyName, Times
from django_activejob.contracts.tallies import BUCKETS, span_of

MOST_FAILURES: Final = 500

_READ_AT_ONCE: Final = 60  # keys
_PLACES: Final = {"job_class": 0, "queue": 1}

Fields = Iterator[tuple[list[str], float]]


def tallies(
    store: Store, *, since: datetime, step: int | None, by: TallyName | None
) -> Sequence[Tally]:
    """What executions came to since a moment: minutes where they are few, else hours."""
    span, moments = _reach(since, step)
    sums: dict[tuple[int, str], _Sums] = defaultdict(_Sums)
    keys = [store.keys.tallies(span, began) for began in moments]
    for began, fields in zip(moments, _read(store, keys), strict=True):
        at = 0 if step is None else began - began % step
        for names, number in fields:
            told = names[_PLACES[by]] if by is not None else ""
            sums[at, told].add(names[2:], number)
    return [sums[at, name].tally(began=at, name=name, by=by) for at, name in sorted(sums)]


def failures(store: Store, *, since: datetime) -> Sequence[FailureCount]:
    """How many jobs failed since a moment, by their classes and those of their errors."""
    span, moments = _reach(since, None)
    counts: Counter[tuple[str, str]] = Counter()
    for fields in _read(store, [store.keys.failures(span, began) for began in moments]):
        for (job_class, error_class), number in fields:
            counts[job_class, error_class] += int(number)
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [
        FailureCount(job_class=job_class, error_class=error_class, number=number)
        for (job_class, error_class), number in ordered[:MOST_FAILURES]
    ]


@dataclass(slots=True)
class _Times:
    """Durations that are being added up."""

    buckets: list[int] = field(default_factory=lambda: [0] * BUCKETS)
    total: float = 0.0
    least: float | None = None
    most: float = 0.0

    def add(self, name: str, number: float) -> None:
        """Takes in one field."""
        if name == "total":
            self.total += number
        elif name == "least":
            self.least = number if self.least is None else min(self.least, number)
        elif name == "most":
            self.most = max(self.most, number)
        else:
            self.buckets[int(name)] += int(number)

    def times(self) -> Times:
        """What it came to."""
        return Times(
            buckets=tuple(self.buckets), total=self.total, least=self.least or 0.0, most=self.most
        )


@dataclass(slots=True)
class _Sums:
    """Fields of hashes that are being added up."""

    counts: Counter[str] = field(default_factory=Counter)
    run: _Times = field(default_factory=_Times)
    wait: _Times = field(default_factory=_Times)

    def add(self, names: Sequence[str], number: float) -> None:
        """Takes in one field."""
        if len(names) == 1:
            self.counts[names[0]] += int(number)
        else:
            (self.run if names[0] == "run" else self.wait).add(names[1], number)

    def tally(self, *, began: int, name: str, by: TallyName | None) -> Tally:
        """What it came to."""
        return Tally(
            began=began,
            job_class=name if by == "job_class" else "",
            queue=name if by == "queue" else "",
            run=self.run.times(),
            wait=self.wait.times(),
            performed=self.counts["performed"],
            failed=self.counts["failed"],
            retried=self.counts["retried"],
            discarded=self.counts["discarded"],
            interrupted=self.counts["interrupted"],
        )


def _reach(since: datetime, step: int | None) -> tuple[int, Sequence[int]]:
    """The span of the sums to be read, and the moments when they began."""
    present, start = clock.now().timestamp(), since.timestamp()
    span = span_of(age=present - start, step=step)
    oldest = max(start, present - KEPT[span])
    return span, range(int(oldest) // span * span, int(present) + span, span)


def _read(store: Store, keys: Sequence[str]) -> Iterator[Fields]:
    for start in range(0, len(keys), _READ_AT_ONCE):
        piece = keys[start : start + _READ_AT_ONCE]
        for answer in store.ask_all([("HGETALL", key) for key in piece]):
            yield _fields(answer)


def _fields(answer: Sequence[bytes]) -> Fields:
    for name, number in zip(answer[::2], answer[1::2], strict=True):
        yield json.loads(name), float(number)
