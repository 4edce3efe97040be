"""Lines about processes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django_activejob.contracts import Buried
from django_activejob.log_subscriber.lines import job_in, logger


def process_pruned(*, buried: Sequence[Buried], **_: Any) -> None:
    """Receives ``signals.process_pruned``."""
    for claim in buried:
        payload = claim.envelope.payload if claim.envelope else None
        logger.warning("The process that held %s is dead: %s.", job_in(payload), _fate(claim))


def _fate(claim: Buried) -> str:
    fates = {
        "cancelled": "it was cancelled by an operator, and does not run again",
        "released": "the job had not begun and is back in its queue",
        "retried": "the job will be run again",
        "failed": "the job has failed",
    }
    return fates[claim.fate]
