from __future__ import annotations

from collections.abc import Iterator

import pytest

from django_activejob.job.base import ActiveJob
from tests.unit.continuations.furniture import ADAPTER


@pytest.fixture(autouse=True)
def adapter(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Claims and enqueues meet in one adapter, which is empty."""
    monkeypatch.setattr(ActiveJob, "queue_adapter", ADAPTER)
    yield
    ADAPTER.clear()
