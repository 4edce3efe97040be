"""Threads of the runtime."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import connections

logger = logging.getLogger(__name__)


def start_thread(name: str, body: Callable[[], None]) -> threading.Thread:
    """Starts a thread that closes its database connections when it ends.

    It is a daemon: a hung thread cannot hold the process. What escapes ``body`` is
    logged, and the process, finding the thread dead, leaves to be replaced.
    """
    thread = threading.Thread(target=_run, args=(name, body), name=name, daemon=True)
    thread.start()
    return thread


def _run(name: str, body: Callable[[], None]) -> None:
    try:
        body()
    except Exception:
        logger.exception("The thread %s has died.", name)
    finally:
        connections.close_all()
