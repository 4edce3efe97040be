"""The standard streams, whose readers may go away."""

from __future__ import annotations

import contextlib
import os
import sys


def flush() -> None:
    """Writes out what the standard streams hold back; never raises.

    A stream that nobody reads any more leads nowhere from then on: a worker outlives the
    terminal, or the pipe into a log, with which it was started.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue  # started without one
        try:
            stream.flush()
        except (OSError, ValueError):
            with contextlib.suppress(OSError, ValueError):
                _lead_nowhere(stream.fileno())


def _lead_nowhere(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
