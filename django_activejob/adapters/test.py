"""Keeps jobs in lists, for tests to look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from typing_extensions import override

from django_activejob.contracts import QueueAdapter

if TYPE_CHECKING:
    from django_activejob.contracts import Envelope


class TestAdapter(QueueAdapter):
    """Runs nothing by itself; a store in memory without any worker.

    Attributes:
        enqueued: what was enqueued and not performed, oldest first.
        performed: what was performed on being enqueued, oldest first.
        perform: when set, it is called with every envelope in place of keeping it.
    """

    __test__ = False  # pytest is not to collect it

    supports_delay = True
    supports_priority = True
    supports_limits = True
    supports_unique = True

    def __init__(self) -> None:
        self.enqueued: list[Envelope] = []
        self.performed: list[Envelope] = []
        self.perform: Callable[[Envelope], None] | None = None

    @override
    def enqueue(self, envelope: Envelope) -> None:
        """Keeps a job, or performs it when the test wants that."""
        if self.perform is None:
            self.enqueued.append(envelope)
        else:
            self.performed.append(envelope)
            self.perform(envelope)

    def clear(self) -> None:
        """Forgets everything, as between two tests."""
        self.enqueued.clear()
        self.performed.clear()
