"""The books: what the tables say, held against what was asked for and what the jobs wrote down."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.utils import DatabaseError, InterfaceError

from django_activejob.adapters.database.models import Job, Process, UniqueLock
from tests.integration.harness import Project

from .load import FINAL, Load

if TYPE_CHECKING:
    from .trouble import Trouble

LOOK_EVERY = 0.5  # seconds
ORPHANED_FOR = 10.0  # seconds that a claim may be without a living owner
PERMITS = 2


class Books:
    """Looks now and then while it goes on, and at the end at everything.

    State: ``_orphans``, since when each claim has been seen without a registered process.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._looked = 0.0
        self._orphans: dict[tuple[int, int], float] = {}
        self._problems: list[str] = []
        self._looks = 0
        self._counts: dict[str, int] = {}

    def look(self) -> None:
        """Checks what has to be true at every moment."""
        if time.monotonic() - self._looked < LOOK_EVERY:
            return
        self._looked = time.monotonic()
        try:
            self._look()
        except (DatabaseError, InterfaceError):
            connections.close_all()

    def drain(self, *, within: float) -> bool:
        """Waits until every job has come to its end; says whether that was in time."""
        deadline = time.monotonic() + within
        while Job.objects.exclude(state__in=FINAL).exists():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        return True

    def facts(self) -> dict[str, Any]:
        """For the progress line."""
        return {"looks": self._looks, "states": self._counts, "problems": len(self._problems)}

    def check(
        self, load: Load, trouble: Trouble, *, is_drained: bool, statuses: list[int]
    ) -> list[str]:
        """All that is wrong, as sentences."""
        self._look()
        jobs = {_number(payload): state for payload, state in _rows()}
        return [
            *self._problems,
            *([] if is_drained else [f"not all jobs came to an end: {self._counts}"]),
            *(f"runjobs ended with {status}" for status in statuses if status),
            *_lost(load, jobs),
            *_doubled_rows(),
            *_unsettled(),
            *self._diary_problems(load, trouble, jobs),
        ]

    def _look(self) -> None:
        self._looks += 1
        self._counts = dict(Job.objects.values_list("state").annotate(Count("pk")))
        self._look_for_orphans()
        self._look_at_permits()

    def _look_for_orphans(self) -> None:
        now = time.monotonic()
        found = set(_orphans().values_list("pk", "claim_number"))
        self._orphans = {claim: self._orphans.get(claim, now) for claim in found}
        for claim, since in self._orphans.items():
            if now - since > ORPHANED_FOR:
                self._problems.append(f"job {claim[0]} is held by nobody for {now - since:.0f} s")

    def _look_at_permits(self) -> None:
        holding = Job.objects.filter(state__in=("ready", "running")).exclude(limit_key="")
        for key, number in holding.values_list("limit_key").annotate(Count("pk")):
            if number > PERMITS:
                self._problems.append(f"{number} hold a permit of {key}, and there are {PERMITS}")

    def _diary_problems(self, load: Load, trouble: Trouble, jobs: dict[int, str]) -> Iterator[str]:
        starts, ended = self._starts(), self._project.count("end")
        for number in load.undone & set(starts):
            yield f"job {number} ran, and its transaction was rolled back"
        for number, state in jobs.items():
            if state == "finished" and not ended[number]:
                yield f"job {number} is finished, and never came to its end"
        for number, pids in starts.items():
            yield from _repetitions(number, pids, load.sure.get(number, ""), trouble.disturbed)

    def _starts(self) -> dict[int, list[int]]:
        starts: dict[int, list[int]] = defaultdict(list)
        for number, pid, moment in self._project.diary():
            if moment in ("start", "try"):
                starts[number].append(pid)
        return starts


def _repetitions(number: int, pids: list[int], kind: str, disturbed: set[int]) -> Iterator[str]:
    if kind == "PaymentJob" and len(pids) > 1:
        yield f"job {number} must rather not run than run twice, and began {len(pids)} times"
    if kind != "LuckyJob" and not set(pids[:-1]) <= disturbed:
        yield f"job {number} began {len(pids)} times, and not all its processes were disturbed"
    if kind == "LuckyJob" and len(pids) > 3 and not disturbed & set(pids):
        yield f"job {number} was tried {len(pids)} times, and nobody had disturbed it"


def _lost(load: Load, jobs: dict[int, str]) -> Iterator[str]:
    for number in set(load.sure) - set(jobs):
        yield f"job {number} ({load.sure[number]}) is lost"
    for number in set(jobs) - set(load.sure) - load.unsure:
        yield f"job {number} is there, and nobody enqueued it"
    for job in Job.objects.filter(state="failed").exclude(error_class__contains="ProcessCrashed"):
        if job.error_class != "django_activejob.errors.ExecutionLost":
            yield f"job {_number(job.payload)} failed: {job.error_class}"


def _doubled_rows() -> Iterator[str]:
    numbers = Counter(_number(payload) for payload, _ in _rows())
    for number, times in numbers.items():
        if times > 1:
            yield f"job {number} has {times} rows"


def _unsettled() -> Iterator[str]:
    for what, number in (
        ("jobs without an end", Job.objects.exclude(state__in=FINAL).count()),
        ("claims without an owner", _orphans().count()),
        ("processes that are registered and gone", Process.objects.count()),
        ("locks of unique jobs that have ended", UniqueLock.objects.count()),
    ):
        if number:
            yield f"{what}: {number}"


def _orphans() -> QuerySet[Job]:
    owner = Process.objects.filter(pk=OuterRef("process_id"))
    return Job.objects.filter(state="running").exclude(Exists(owner))


def _rows() -> Iterator[tuple[str, str]]:
    yield from Job.objects.values_list("payload", "state").iterator(chunk_size=2000)


def _number(payload: str) -> int:
    return int(json.loads(payload)["arguments"][0])
