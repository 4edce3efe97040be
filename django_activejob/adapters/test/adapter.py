"""Keeps jobs in lists, for tests to look at."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from weakref import WeakSet

from typing_extensions import override

from django_activejob.adapters.test.recurring import MemoryRecurringStore
from django_activejob.contracts import QueueAdapter
from django_activejob.errors import SerializationError

if TYPE_CHECKING:
    from django_activejob.contracts import Envelope


class TestAdapter(QueueAdapter):
    """Runs nothing by itself; a store in memory without any worker.

    The switches are those of Active Job's test adapter; ``testing`` sets and resets them.

    Attributes:
        enqueued: what was enqueued and not performed, oldest first.
        performed: what was performed on being enqueued, oldest first.
        perform: when set, it is called with every envelope in place of keeping it.
        filter: when set, only envelopes for which it answers yes are performed.
        reject: when set, envelopes for which it answers yes are kept; ``filter`` goes before it.
        queue: when set, envelopes for other queues are kept.
        at: when set, envelopes with a later time are kept; the others are performed.
    """

    __test__ = False  # pytest is not to collect it

    supports_delay = True
    supports_priority = True
    supports_limits = True
    supports_unique = True
    supports_throttles = True

    def __init__(self) -> None:
        self.enqueued: list[Envelope] = []
        self.performed: list[Envelope] = []
        self.perform: Callable[[Envelope], None] | None = None
        self.filter: Callable[[Envelope], bool] | None = None
        self.reject: Callable[[Envelope], bool] | None = None
        self.queue: str | None = None
        self.at: datetime | None = None
        self._recurring = MemoryRecurringStore(self.enqueue)
        _adapters.add(self)

    @override
    def enqueue(self, envelope: Envelope) -> None:
        """Keeps a job, or performs it when the test wants that.

        Raises:
            SerializationError: the payload has no JSON form.
            BaseException: what ``perform`` raises.
        """
        kept = _as_stored(envelope)
        if self.perform is None or self._is_left_out(kept):
            self.enqueued.append(kept)
        else:
            self.performed.append(kept)
            self.perform(kept)

    @override
    def recurring(self) -> MemoryRecurringStore:
        """Recurring tasks, which tick when a test says so."""
        return self._recurring

    def clear(self) -> None:
        """Forgets everything, as between two tests; the switches stay."""
        self._recurring.clear()
        self.enqueued.clear()
        self.performed.clear()

    def _is_left_out(self, envelope: Envelope) -> bool:
        if self.queue is not None and envelope.queue_name != self.queue:
            return True
        if self._is_too_late(envelope):
            return True
        if self.filter is not None:
            return not self.filter(envelope)
        return self.reject is not None and self.reject(envelope)

    def _is_too_late(self, envelope: Envelope) -> bool:
        if self.at is None or envelope.scheduled_at is None:
            return False
        return envelope.scheduled_at > self.at


def clear_all() -> None:
    """Forgets what every test adapter of this process has kept."""
    for adapter in list(_adapters):
        adapter.clear()


_adapters: WeakSet[TestAdapter] = WeakSet()


def _as_stored(envelope: Envelope) -> Envelope:
    # Through JSON, as in a real store: what changes afterwards does not change the stored job.
    payload = envelope.payload
    try:
        return replace(envelope, payload=json.loads(json.dumps(payload)))
    except (TypeError, ValueError) as error:
        raise SerializationError(
            f"{payload['job_class']} (job id {payload['job_id']}): "
            f"what serialize() gave has no JSON form: {error}."
        ) from error
