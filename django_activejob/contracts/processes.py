"""Who is alive, and what the dead held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from django_activejob.contracts.envelope import Envelope
from django_activejob.contracts.execution import ErrorRecord
from django_activejob.contracts.tallies import Tally

ProcessKind = Literal["worker", "dispatcher", "scheduler"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessRecord:
    """One running process; ``id`` is random, never made of host and pid.

    ``metadata`` is JSON, for people: ``name``, ``supervisor_pid``, ``duties``;
    of a worker also ``queues``, ``threads``, ``busy`` (threads) and ``quiet``; with each beat
    ``memory`` (bytes) and ``load`` (of its host, over a minute).
    ``started_at`` and ``beat_at`` are the store's, and None before it has set them.
    """

    id: str
    kind: ProcessKind
    hostname: str
    pid: int
    metadata: Mapping[str, Any] = field(default_factory=dict)
    started_at: datetime | None = None
    beat_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What an operator wants of a process; ``token`` names the claim to cancel."""

    action: Literal["quiet", "stop", "cancel"]
    token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Buried:
    """What became of one claim of a dead process.

    ``released``: back in its queue, the crash not counted, for it had not started.
    ``retried``: back after a pause, the crash counted. ``failed``: for good, with ``error``.
    ``cancelled``: it would have run again, had an operator not asked it to stop.
    """

    token: str
    envelope: Envelope | None
    fate: Literal["released", "retried", "failed", "cancelled"]
    error: ErrorRecord | None = None


class ProcessRegistry(Protocol):
    """The processes that work for an adapter."""

    def register(self, record: ProcessRecord) -> None:
        """Makes a process known; only then may it claim."""

    def beat(
        self,
        process_id: str,
        *,
        running: Sequence[str],
        metadata: Mapping[str, Any] | None = None,
        tallies: Sequence[Tally] = (),
    ) -> Sequence[Command]:
        """Says that a process lives, and which claims (tokens) it knows of.

        Claims that the store holds for it and that were missing from ``running``
        for 10 seconds are released. Those that an operator wants cancelled are named with
        each beat until they have ended. ``tallies`` are added to those of the store, if it
        keeps any, whatever their names; when this raises they are handed over again.

        Args:
            metadata: what its record says of it from now on; None leaves that as it was.

        Raises:
            ProcessPruned: the process is not registered (any more).
        """

    def deregister(self, process_id: str) -> None:
        """Forgets a process in an orderly way: what it still holds is released."""

    def bury(
        self,
        process_id: str,
        *,
        reason: str,
        started: Sequence[str] | None,
        overdue: Sequence[str] = (),
    ) -> Sequence[Buried]:
        """Settles what a dead process held, and forgets it.

        Args:
            reason: how it died, for people: "killed by SIGKILL".
            started: the tokens of the jobs that had begun; None when nobody knows, then all count.
            overdue: those among them for whose time limit it had to die: they are settled like
                the others, but as JobTimeout.
        """

    def prune(self, *, silent_for: float) -> Sequence[Buried]:
        """Buries all that have not beaten for so many seconds.

        Claims whose owner has no record at all are settled too.
        """
