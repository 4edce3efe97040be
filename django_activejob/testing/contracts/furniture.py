"""What the suites are made with: envelopes, ends, and a worker without a process."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django_activejob.contracts import (
    Claim,
    Envelope,
    ErrorRecord,
    Execution,
    Outcome,
    Payload,
    ProcessRecord,
    ProcessRegistry,
    QueueAdapter,
    Settlement,
)

T = TypeVar("T")

POLL = 0.01  # seconds


def payload(*arguments: Any, **changes: Any) -> Payload:
    """A payload as Active Job writes it."""
    whole: Payload = {
        "job_class": "shop.ReportJob",
        "job_id": str(uuid.uuid4()),
        "provider_job_id": None,
        "queue_name": "default",
        "priority": None,
        "arguments": list(arguments),
        "executions": 0,
        "exception_executions": {},
        "locale": "en",
        "timezone": "UTC",
        "enqueued_at": "2026-08-22T17:06:01.123456000Z",
        "scheduled_at": None,
    }
    return {**whole, **changes}  # type: ignore[typeddict-item]  # the changes are a test's own


def envelope(*arguments: Any, queue_name: str = "default", **changes: Any) -> Envelope:
    """A job with these arguments, due now."""
    body = changes.pop("payload", None) or payload(*arguments, queue_name=queue_name)
    return Envelope(payload=body, queue_name=queue_name, **changes)


def retried(claim: Claim, **changes: Any) -> Envelope:
    """What packing makes of a claimed job that is to run again, at once if nothing else is said."""
    before = unpacked(claim)
    counted: Payload = {**before.payload, "executions": before.payload["executions"] + 1}
    return replace(before, **{"payload": counted, "scheduled_at": None, **changes})


def ended(outcome: Outcome, **changes: Any) -> Execution:
    """An execution that took a quarter of a second."""
    return Execution(outcome=outcome, started_at=datetime.now(UTC), seconds=0.25, **changes)


def failed(message: str = "out of stock") -> Execution:
    """An execution that failed."""
    error = ErrorRecord(class_name="shop.errors.OutOfStock", message=message, traceback="line 1")
    return ended(Outcome.FAILED, error=error)


def unpacked(claim: Claim) -> Envelope:
    """The envelope of a claim that can be read."""
    assert claim.envelope is not None, claim.unreadable
    return claim.envelope


def first_argument(claim: Claim) -> Any:
    """What a claimed job was given first."""
    return unpacked(claim).payload["arguments"][0]


def arguments(claims: Sequence[Claim]) -> list[Any]:
    """What claimed jobs were given first, in their order."""
    return [first_argument(claim) for claim in claims]


def later(seconds: float = 3600.0) -> datetime:
    """A moment to come."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


def registry_of(adapter: QueueAdapter) -> ProcessRegistry:
    """The registry of an adapter that has one."""
    registry = adapter.registry()
    assert registry is not None
    return registry


def run_chore(adapter: QueueAdapter, name: str) -> int:
    """Runs one chore until there is nothing more to do."""
    [chore] = [chore for chore in adapter.chores() if chore.name == name]
    total = 0
    while done := chore.run():
        total += done
    return total


def until(condition: Callable[[], T], *, within: float = 60.0) -> T:
    """Asks again and again until the answer is true, and gives it."""
    deadline = time.monotonic() + within
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"not within {within:g} s; the last answer: {answer!r}"
        time.sleep(POLL)
    return answer


class Worker:
    """A registered process with its source, without the process."""

    def __init__(self, adapter: QueueAdapter, *, is_registered: bool = True) -> None:
        self.id = uuid.uuid4().hex
        self.registry = registry_of(adapter)
        if is_registered:
            self.registry.register(self.record)
        source = adapter.source(self.id)
        assert source is not None
        self.source = source

    @property
    def record(self) -> ProcessRecord:
        """How this process registers."""
        return ProcessRecord(
            id=self.id, kind="worker", hostname="büro", pid=4711, metadata={"threads": 5}
        )

    def claim(self, *queues: str, limit: int = 100) -> list[Claim]:
        """Claims at once: a source that is woken does not wait for jobs to come."""
        self.source.wake()
        return list(self.source.claim(queues or ("*",), limit=limit))

    def claim_one(self, *queues: str) -> Claim:
        """Claims the one job that there has to be."""
        [claim] = self.claim(*queues, limit=1)
        return claim

    def settle(self, *claims: Claim, execution: Execution | None) -> list[str]:
        """Ends claims in the same way; gives the tokens that were lost."""
        ends = [Settlement(claim=claim, execution=execution) for claim in claims]
        return list(self.source.settle(ends))

    def release(self, *claims: Claim) -> list[str]:
        """Gives claims back."""
        return self.settle(*claims, execution=None)

    def finish(self, *claims: Claim) -> list[str]:
        """Ends claims well."""
        return self.settle(*claims, execution=ended(Outcome.PERFORMED))

    def retry(self, claim: Claim, **changes: Any) -> list[str]:
        """Puts a claimed job back for another execution."""
        error = ErrorRecord(class_name="ConnectionError", message="reset by peer")
        execution = ended(Outcome.RETRIED, error=error, retry=retried(claim, **changes))
        return self.settle(claim, execution=execution)
