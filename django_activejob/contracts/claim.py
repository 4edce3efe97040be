"""The right to run one job, and its end."""

from __future__ import annotations

from dataclasses import dataclass

from django_activejob.contracts.envelope import Envelope
from django_activejob.contracts.execution import ErrorRecord, Execution


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to run one job.

    ``token`` names this claim alone: once others have settled it, it fits no more.
    ``envelope`` is None when what the store held could not be read; ``unreadable`` then says why.
    ``crashes`` counts the processes that have died with this job.
    """

    token: str
    envelope: Envelope | None
    unreadable: ErrorRecord | None = None
    crashes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The end of a claim; without an execution it is given back as it was."""

    claim: Claim
    execution: Execution | None
