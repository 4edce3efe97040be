"""Periodic work that an adapter wants done by some process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """A piece of upkeep; safe to run in many processes at once.

    ``run`` returns how many things it did; more than 0 means: call again at once.
    ``due_in``, asked after a run that did nothing, says in how many seconds there will be
    something to do, as far as that run could see; None when it saw nothing.
    """

    name: str
    every: float  # seconds
    run: Callable[[], int]
    due_in: Callable[[], float | None] = lambda: None
