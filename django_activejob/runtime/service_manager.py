"""What systemd, or whatever started us, is told: the protocol of ``sd_notify``."""

from __future__ import annotations

import logging
import os
import socket
from typing import Final

logger = logging.getLogger(__name__)

READY: Final = "READY=1"
STOPPING: Final = "STOPPING=1"
WATCHDOG: Final = "WATCHDOG=1"


def tell_if_watched(state: str) -> None:
    """``tell``, where WATCHDOG_USEC says that somebody expects to hear from us."""
    if os.environ.get("WATCHDOG_USEC"):
        tell(state)


def tell(state: str) -> None:
    """Sends a state to NOTIFY_SOCKET, if there is one; never raises, never waits."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]  # a name in the kernel, not in the file system
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
            out.setblocking(False)
            out.sendto(state.encode(), address)
    except OSError as error:
        logger.warning("NOTIFY_SOCKET %s: could not be told %s: %s.", address, state, error)
