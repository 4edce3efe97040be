"""What a thread of the async adapter does at a time."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable

from django.db import connections

logger = logging.getLogger(__name__)

Work = Callable[[], None]

_numbers = itertools.count(1)


def start_thread(body: Callable[[], None]) -> threading.Thread:
    """Starts a thread; a daemon, for a job that hangs must not hold the process."""
    thread = threading.Thread(target=body, name=f"active-job-{next(_numbers)}", daemon=True)
    thread.start()
    return thread


def do(work: Work) -> None:
    """Does it, and leaves no database connection behind; never raises."""
    try:
        try:
            work()
        finally:
            _leave_connections()
    except Exception:
        logger.exception("The async adapter has met an error in one of its threads.")


def _leave_connections() -> None:
    for connection in connections.all(initialized_only=True):
        # Dropped first: what a job has left open or broken is nothing to the next.
        del connections[connection.alias]
        connection.close()
