"""What a supervisor and its children say to each other, from a fork to an exit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from .heartbeat import Death
from .started import StartedPage

BOOTING: Final = b"."
"""On the news pipe: not ready yet, but at it."""

READY: Final = b"!"
"""On the news pipe: at work."""


class Exit(IntEnum):
    """With which status a child ends."""

    IN_ORDER = 0
    BROKEN = 1
    STOPPED = 73  # an operator wants it to stay away until runjobs starts anew
    OVERDUE = 74  # a job does not end within its time limit; whoever comes next settles it
    GIVEN_UP = 75  # the store has given this process up, or may soon: a new one must come


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """What a supervisor gives to a child; ``news`` is the pipe on which it says how it goes."""

    process_id: str
    supervisor_pid: int
    news: int
    page: StartedPage
    predecessors: tuple[Death, ...]
