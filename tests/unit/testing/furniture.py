"""Jobs to be counted and found, and the two ways of asking for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from django_activejob import ActiveJob
from tests.jobs import buffer
from tests.jobs.hello import HelloJob

BOTH = "Cannot specify both `only` and `except_` options."


class LoggingJob(ActiveJob):
    def perform(self, value: Any = None) -> None:
        buffer.add(f"logged {value}")


class ThirdJob(ActiveJob):
    def perform(self) -> None:
        buffer.add("third")


class NestedJob(ActiveJob):
    """Enqueues another job."""

    def perform(self) -> None:
        LoggingJob.perform_later("from within")


def enqueue(*kinds: str) -> None:
    """Enqueues jobs by the names that the tables use: ``hello``, ``logging@some`` …"""
    classes: dict[str, Any] = {"hello": HelloJob, "logging": LoggingJob, "third": ThirdJob}
    for kind in kinds:
        name, _, queue = kind.partition("@")
        classes[name].set(queue=queue or None).perform_later()


def fails(message: str | None) -> AbstractContextManager[Any]:
    """What is expected of an assertion: to hold, or to fail with a text that begins so."""
    if message is None:
        return nullcontext()
    return pytest.raises(AssertionError, match=f"^{re.escape(message)}")


def refuses() -> AbstractContextManager[Any]:
    return pytest.raises(ValueError, match=f"^{re.escape(BOTH)}$")


def around(helper: Callable[[], Any], action: Callable[[], Any]) -> Any:
    """Uses a helper as a block around an action."""
    with helper() as given:
        action()
    return given
