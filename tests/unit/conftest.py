from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from django_activejob import clock, handler
from django_activejob.adapters.inline import InlineAdapter
from django_activejob.adapters.test import TestAdapter
from django_activejob.job.base import ActiveJob
from tests.jobs import buffer


@pytest.fixture(autouse=True)
def empty_buffer() -> None:
    buffer.clear()


@pytest.fixture
def queue() -> Iterator[TestAdapter]:
    """The test adapter, empty."""
    adapter = handler.adapter("test")
    assert isinstance(adapter, TestAdapter)
    adapter.clear()
    yield adapter
    adapter.clear()


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> InlineAdapter:
    """Lets every job run at once."""
    adapter = InlineAdapter()
    monkeypatch.setattr(ActiveJob, "queue_adapter", adapter)
    return adapter


class Clock:
    """A clock that stands still until it is told to move."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 14, 15, 9, 26, 535897, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Holds the clock of jobs still."""
    held = Clock()
    monkeypatch.setattr(clock, "now", held.now)
    return held
