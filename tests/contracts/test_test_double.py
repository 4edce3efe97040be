"""The test adapter keeps recurring tasks as real stores do."""

from __future__ import annotations

import pytest
from typing_extensions import override

from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import Envelope, QueueAdapter
from django_activejob.testing.contracts import RecurringContract
from django_activejob.testing.contracts.furniture import envelope


class TestRecurring(RecurringContract):
    @pytest.fixture
    def adapter(self) -> TestAdapter:
        return TestAdapter()

    @override
    def taken(self, adapter: QueueAdapter) -> list[Envelope]:
        assert isinstance(adapter, TestAdapter)
        jobs, adapter.enqueued = adapter.enqueued, []
        return jobs

    @override
    def refused(self) -> Envelope:
        return envelope({1, 2})  # a set has no JSON form

    def test_they_are_forgotten_with_the_rest(self, adapter: TestAdapter) -> None:
        store = adapter.recurring()
        store.declare([], as_of=store.now())
        adapter.clear()
        assert store.tasks() == []
