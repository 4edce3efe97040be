"""Our end of one queueing system."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar

from django.core.checks import CheckMessage

from django_activejob.contracts.chores import Chore
from django_activejob.contracts.envelope import Envelope, Receipt
from django_activejob.contracts.inspection import Inspector
from django_activejob.contracts.processes import ProcessRegistry
from django_activejob.contracts.recurring import RecurringStore
from django_activejob.contracts.source import Source
from django_activejob.errors import EnqueueError


class QueueAdapter:
    """A bag of parts: *enqueue* is compulsory, every other part may be None or empty.

    Subclasses take their OPTIONS as keyword arguments of ``__init__``.
    """

    supports_delay: ClassVar[bool] = False
    supports_priority: ClassVar[bool] = False
    supports_limits: ClassVar[bool] = False
    supports_unique: ClassVar[bool] = False
    supports_retry: ClassVar[bool] = False
    """Whether a failed job is performed again by itself, as often as ``extra["retry"]`` says."""

    supports_throttles: ClassVar[bool] = False
    """Whether it keeps throttles; if not, a job that has one is refused with an error."""

    runs_at_once: ClassVar[bool] = False
    """Whether ``enqueue`` runs the job; then there is no time to wait for, nor a throttle."""

    transaction_alias: str | None = None
    """The database alias through which the adapter writes, if there is one."""

    @property
    def display_name(self) -> str:
        """The name in log lines, as Active Job shows it: ``Database`` for DatabaseAdapter."""
        return type(self).__name__.removesuffix("Adapter")

    @property
    def name(self) -> str:
        """The name as Active Job derives it: ``stub_one`` for StubOneAdapter."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.display_name).lower()

    def enqueue(self, envelope: Envelope) -> str | None:
        """Accepts one job, due now or at ``envelope.scheduled_at``.

        Returns:
            The adapter's own id of the job, or None when it has none.

        Raises:
            EnqueueError: the job is refused.
            AdapterUnavailable: the store cannot be reached.
        """
        raise NotImplementedError(f"{type(self).__name__} has to implement enqueue().")

    def enqueue_all(self, envelopes: Sequence[Envelope]) -> list[Receipt]:
        """Accepts many jobs; one receipt for each, in the same order."""
        return [self._receipt(envelope) for envelope in envelopes]

    def _receipt(self, envelope: Envelope) -> Receipt:
        try:
            return Receipt(provider_job_id=self.enqueue(envelope))
        except EnqueueError as error:
            return Receipt(error=error)

    def source(self, process_id: str) -> Source | None:
        """Where a worker takes jobs from; None when no worker is needed."""
        return None

    def registry(self) -> ProcessRegistry | None:
        """Who works for this adapter."""
        return None

    def chores(self) -> Sequence[Chore]:
        """Upkeep that some process has to do."""
        return ()

    def recurring(self) -> RecurringStore | None:
        """Where recurring tasks and their ticks are kept; None when that is not offered."""
        return None

    def inspector(self) -> Inspector | None:
        """What pages for people read and repair."""
        return None

    def check(self) -> Iterable[CheckMessage]:
        """System checks of the adapter's own settings; touches no store."""
        return ()

    def close(self) -> None:
        """Takes leave of the store: before a fork, at exit."""

    def forget(self) -> None:
        """In a forked child: drops what was inherited, with not a byte on the wire."""
