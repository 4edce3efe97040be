"""The executions that are remembered: those that did not end well, and kept results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django_activejob.adapters.database.parameters import flattened, tuples
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.vendor import Vendor
from django_activejob.contracts import Envelope, ErrorRecord

MOST_ATTEMPTS = 100
"""The executions of one job that are remembered, the newest."""

NOTHING = ErrorRecord(class_name="", message="")

_WIDTH = 10
_INSERT = """
    INSERT INTO django_activejob_attempt
        (job_id, number, outcome, process_id, started_at, seconds,
         error_class, error_message, traceback, result)
    VALUES {values}
"""
_FORGET = "DELETE FROM django_activejob_attempt WHERE job_id = %s AND number <= %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One execution, to be remembered with its job; the texts of its error are bounded."""

    row_id: int
    number: int
    outcome: str
    process_id: str
    started_at: datetime | None
    seconds: float | None = None
    error: ErrorRecord = NOTHING
    result: str = ""

    def parameters(self, vendor: Vendor) -> tuple[Any, ...]:
        """The values of one row."""
        return (
            self.row_id,
            self.number,
            self.outcome,
            self.process_id,
            vendor.write_time(self.started_at),
            self.seconds,
            self.error.class_name,
            self.error.message,
            self.error.traceback,
            self.result,
        )


def remember(store: Store, attempts: Sequence[Attempt]) -> None:
    """Writes attempts; the caller has locked their jobs, at most some hundred.

    Of a job that is tried for ever the newest are kept.
    """
    if attempts:
        values = flattened([attempt.parameters(store.vendor) for attempt in attempts])
        store.change(_INSERT, values, values=tuples(len(attempts), width=_WIDTH))
    for attempt in attempts:
        if attempt.number > MOST_ATTEMPTS:
            store.change(_FORGET, (attempt.row_id, attempt.number - MOST_ATTEMPTS))


def number_of(envelope: Envelope | None) -> int:
    """The number, from 1, of an execution that was claimed with this envelope."""
    return envelope.payload["executions"] + 1 if envelope else 1
