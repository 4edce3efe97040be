"""Sending of signals: costs next to nothing when nobody listens, and never raises."""

from __future__ import annotations

import contextlib
import logging
import traceback
from collections.abc import Callable
from typing import Any

from django.dispatch import Signal

logger = logging.getLogger(__name__)


_subscribers: dict[Signal, Callable[[], bool]] = {}


def ask_first(signal: Signal, wants: Callable[[], bool]) -> None:
    """Lets the one receiver that is always there say whether it wants a signal now.

    Most projects have no other, and write no log lines about every job.
    """
    _subscribers[signal] = wants


def notify(signal: Signal, sender: Any = None, **facts: Any) -> None:
    """Sends a signal; a receiver that raises is logged and forgotten."""
    if is_wanted(signal):
        _send(signal, sender, facts)


def is_wanted(signal: Signal) -> bool:
    """Whether anybody would look at a signal now."""
    receivers = len(signal.receivers)
    if receivers == 1 and signal in _subscribers:
        return _subscribers[signal]()
    return receivers > 0


def _send(signal: Signal, sender: Any, facts: dict[str, Any]) -> None:
    # Django logs what a receiver raises; BaseExceptions among it (a SystemExit,
    # say) would come through, and an observer may not end a job.
    try:
        signal.send_robust(sender=sender, **facts)
    except BaseException:  # noqa: BLE001 - see above
        _report()


def _report() -> None:
    try:
        logger.exception("A receiver of one of our signals raised.")
    except Exception:  # noqa: BLE001 - then it is the log that is broken
        with contextlib.suppress(Exception):
            traceback.print_exc()
