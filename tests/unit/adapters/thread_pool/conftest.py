from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from django_activejob.adapters.thread_pool import AsyncAdapter
from django_activejob.job.base import ActiveJob
from tests.waiting import until

Make = Callable[..., AsyncAdapter]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes the adapter of all jobs; its threads have ended when the next test begins."""
    made: list[AsyncAdapter] = []

    def make_one(**options: Any) -> AsyncAdapter:
        adapter = AsyncAdapter(**options)
        monkeypatch.setattr(ActiveJob, "queue_adapter", adapter)
        made.append(adapter)
        return adapter

    yield make_one
    for adapter in made:
        adapter.close()
    until(lambda: not threads())


@pytest.fixture
def adapter(make: Make) -> AsyncAdapter:
    return make(max_threads=2)


def threads() -> list[threading.Thread]:
    """The adapter's threads."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("active-job-")]
