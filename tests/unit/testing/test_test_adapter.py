from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typing_extensions import override

from django_activejob import ActiveJob
from django_activejob.adapters.test import TestAdapter, clear_all
from django_activejob.contracts import Envelope, Payload
from django_activejob.errors import SerializationError
from django_activejob.job.packing import pack
from tests.jobs.hello import HelloJob

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def envelope(*arguments: Any, **options: Any) -> Envelope:
    return pack(HelloJob(*arguments).set(**options))


@pytest.fixture
def adapter() -> TestAdapter:
    return TestAdapter()


@pytest.fixture
def performing(adapter: TestAdapter) -> TestAdapter:
    adapter.perform = lambda envelope: None
    return adapter


class TestKeeping:
    @pytest.mark.line("AJ-315")
    def test_a_new_one_performs_nothing(self, adapter: TestAdapter) -> None:
        adapter.enqueue(envelope())
        adapter.enqueue(envelope(wait=60))
        assert len(adapter.enqueued) == 2
        assert adapter.performed == []

    def test_what_is_kept_equals_what_was_given(self, adapter: TestAdapter) -> None:
        sent = envelope("Ada", queue="low", priority=3, wait=60)
        adapter.enqueue(sent)
        assert adapter.enqueued == [sent]

    def test_later_changes_do_not_reach_it(self, adapter: TestAdapter) -> None:
        sent = envelope(["Ada"])
        adapter.enqueue(sent)
        sent.payload["arguments"][0].append("Bob")
        assert adapter.enqueued[0].payload["arguments"] == [["Ada"]]

    def test_a_payload_without_json_form_is_refused(self, adapter: TestAdapter) -> None:
        class OddJob(ActiveJob):
            @override
            def serialize(self) -> Payload:
                return {**super().serialize(), "attributes": {"odd": object()}}

        with pytest.raises(SerializationError, match=r"OddJob \(job id .*what serialize\(\) gave"):
            adapter.enqueue(pack(OddJob()))
        assert adapter.enqueued == []


class TestPerforming:
    def test_a_job_counts_as_performed_before_it_runs(self, adapter: TestAdapter) -> None:
        seen: list[int] = []
        adapter.perform = lambda envelope: seen.append(len(adapter.performed))
        adapter.enqueue(envelope())
        assert seen == [1]
        assert adapter.enqueued == []

    @pytest.mark.parametrize(
        ("switch", "value", "options", "is_performed"),
        [
            ("queue", "low", {"queue": "low"}, True),
            ("queue", "low", {}, False),
            ("at", NOW, {}, True),
            ("at", NOW, {"wait_until": NOW}, True),
            ("at", NOW, {"wait_until": NOW + timedelta(seconds=1)}, False),
            ("filter", lambda envelope: True, {}, True),
            ("filter", lambda envelope: False, {}, False),
            ("reject", lambda envelope: True, {}, False),
            ("reject", lambda envelope: False, {}, True),
        ],
    )
    def test_each_switch_keeps_what_it_leaves_out(
        self,
        switch: str,
        value: Any,
        options: dict[str, Any],
        is_performed: bool,
        performing: TestAdapter,
    ) -> None:
        setattr(performing, switch, value)
        performing.enqueue(envelope(**options))
        assert bool(performing.performed) is is_performed
        assert bool(performing.enqueued) is not is_performed

    def test_the_filter_goes_before_the_rejection(self, performing: TestAdapter) -> None:
        performing.filter = performing.reject = lambda envelope: True
        performing.enqueue(envelope())
        assert len(performing.performed) == 1


class TestForgetting:
    def test_all_adapters_forget_at_once(self) -> None:
        adapters = [TestAdapter(), TestAdapter()]
        for adapter in adapters:
            adapter.enqueue(envelope())
            adapter.performed.append(envelope())
        clear_all()
        assert [(adapter.enqueued, adapter.performed) for adapter in adapters] == [([], [])] * 2
