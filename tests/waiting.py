"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

POLL = 0.01  # seconds


def until(condition: Callable[[], T], *, within: float = 60.0) -> T:
    """Ask ``condition`` again and again until its answer is true, and return that answer.

    Raises AssertionError, which names the condition, after ``within`` seconds.
    """
    deadline = time.monotonic() + within
    while not (answer := condition()):
        if time.monotonic() >= deadline:
            name = _name_of(condition)
            raise AssertionError(f"{name}: not true within {within:g} s; last answer: {answer!r}")
        time.sleep(POLL)
    return answer


def _name_of(condition: Callable[[], object]) -> str:
    code = getattr(condition, "__code__", None)
    name = getattr(condition, "__qualname__", None) or repr(condition)
    return f"{name} ({code.co_filename}:{code.co_firstlineno})" if code else name
