"""Sending of signals: costs next to nothing when nobody listens, and never raises."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import Signal

logger = logging.getLogger(__name__)


def notify(signal: Signal, sender: Any = None, **facts: Any) -> None:
    """Sends a signal; a receiver that raises is logged and forgotten."""
    if signal.receivers:
        _send(signal, sender, facts)


def _send(signal: Signal, sender: Any, facts: dict[str, Any]) -> None:
    # Django logs what a receiver raises; BaseExceptions among it (a SystemExit,
    # say) would come through, and an observer may not end a job.
    try:
        signal.send_robust(sender=sender, **facts)
    except BaseException:
        logger.exception("A receiver of one of our signals raised.")
