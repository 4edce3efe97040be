"""A queueing system in memory, as far as the runtime can see it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override

from django_activejob import clock
from django_activejob.contracts import (
    Buried,
    Chore,
    Claim,
    Command,
    Envelope,
    Execution,
    Outcome,
    Payload,
    ProcessRecord,
    QueueAdapter,
    Settlement,
    Tally,
)


def payload(job_class: str = "shop.ReportJob", job_id: str = "6f0a") -> Payload:
    return {
        "job_class": job_class,
        "job_id": job_id,
        "provider_job_id": None,
        "queue_name": "default",
        "priority": None,
        "arguments": [],
        "executions": 0,
        "exception_executions": {},
        "locale": "en",
        "timezone": "UTC",
        "enqueued_at": "2026-08-22T17:06:01.123456000Z",
        "scheduled_at": None,
    }


def claim(token: str = "1:1", **changes: Any) -> Claim:
    envelope = Envelope(payload=payload(), queue_name="default", **changes)
    return Claim(token=token, envelope=envelope)


def settlement(token: str = "1:1", outcome: Outcome = Outcome.PERFORMED) -> Settlement:
    execution = Execution(outcome=outcome, started_at=clock.now(), seconds=0.1)
    return Settlement(claim=claim(token), execution=execution)


class FakeSource:
    """Hands out the claims it is given, and remembers what is settled.

    ``claim_errors`` and ``settle_errors`` are raised one after the other before anything
    works; a token of ``refused`` is refused each time, unless it is settled as failed.
    """

    def __init__(self, *claims: Claim) -> None:
        self.ready = deque(claims)
        self.limits: list[int] = []
        self.batches: list[list[Settlement]] = []
        self.claim_errors: deque[Exception] = deque()
        self.settle_errors: deque[Exception] = deque()
        self.refused: set[str] = set()
        self.lost: list[str] = []
        self.closings = 0
        self._woken = threading.Event()

    def claim(self, queues: Sequence[str], *, limit: int) -> Sequence[Claim]:
        self.limits.append(limit)
        if self.claim_errors:
            raise self.claim_errors.popleft()
        if not self.ready:
            self._woken.wait(0.05)
            self._woken.clear()
        return [self.ready.popleft() for _ in range(min(limit, len(self.ready)))]

    def settle(self, settlements: Sequence[Settlement]) -> Sequence[str]:
        if self.settle_errors:
            raise self.settle_errors.popleft()
        for one in settlements:
            if one.claim.token in self.refused and not _is_plain(one):
                raise ValueError("a character that no column can hold")
        self.batches.append(list(settlements))
        return self.lost

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None:
        self.closings += 1

    @property
    def settled(self) -> list[Settlement]:
        return [one for batch in self.batches for one in batch]

    @property
    def settled_tokens(self) -> list[str]:
        return [one.claim.token for one in self.settled]


def _is_plain(one: Settlement) -> bool:
    return one.execution is not None and one.execution.outcome is Outcome.FAILED


class FakeRegistry:
    """Remembers all calls; the lists of errors are raised one by one, then all is well."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.errors: dict[str, deque[Exception]] = {}
        self.commands: list[Command] = []
        self.buried: list[Buried] = []
        self.overdue: list[str] = []
        self.metadata: Mapping[str, Any] | None = None
        self.tallies: list[Tally] = []

    def fail(self, method: str, *errors: Exception) -> None:
        self.errors[method] = deque(errors)

    def named(self, method: str) -> list[tuple[object, ...]]:
        return [call for call in list(self.calls) if call[0] == method]

    def register(self, record: ProcessRecord) -> None:
        self._note("register", record)

    def beat(
        self,
        process_id: str,
        *,
        running: Sequence[str],
        metadata: Mapping[str, Any] | None = None,
        tallies: Sequence[Tally] = (),
    ) -> Sequence[Command]:
        self._note("beat", process_id, list(running))
        self.metadata = metadata
        self.tallies += tallies
        commands, self.commands = self.commands, []
        return commands

    def deregister(self, process_id: str) -> None:
        self._note("deregister", process_id)

    def bury(
        self,
        process_id: str,
        *,
        reason: str,
        started: Sequence[str] | None,
        overdue: Sequence[str] = (),
    ) -> Sequence[Buried]:
        self.overdue = list(overdue)
        self._note("bury", process_id, reason, started)
        return self.buried

    def prune(self, *, silent_for: float) -> Sequence[Buried]:
        self._note("prune", silent_for)
        return self.buried

    def _note(self, *call: object) -> None:
        self.calls.append(call)
        if self.errors.get(str(call[0])):
            raise self.errors[str(call[0])].popleft()


class FakeAdapter(QueueAdapter):
    """Parts as they are given."""

    def __init__(
        self,
        *,
        source: FakeSource | None = None,
        registry: FakeRegistry | None = None,
        chores: Sequence[Chore] = (),
    ) -> None:
        self._source = source
        self._registry = registry
        self._chores = chores

    @override
    def source(self, process_id: str) -> FakeSource | None:
        return self._source

    @override
    def registry(self) -> FakeRegistry | None:
        return self._registry

    @override
    def chores(self) -> Sequence[Chore]:
        return self._chores
