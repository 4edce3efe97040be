"""What a process is made of."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from django_activejob import handler
from django_activejob.recurring.keeping import Place
from django_activejob.runtime import parts as parts_module
from django_activejob.runtime.birth import Birth
from django_activejob.runtime.configuration import Bounds, ProcessPlan, Timing
from django_activejob.runtime.parts import Parts
from django_activejob.runtime.scheduler import Scheduler
from django_activejob.runtime.started import StartedPage

from .fakes import FakeAdapter, FakeRegistry


@pytest.fixture
def adapters(monkeypatch: pytest.MonkeyPatch) -> dict[str, FakeAdapter]:
    """Two adapters, of which one keeps the recurring tasks of both."""
    adapters = {name: FakeAdapter(registry=FakeRegistry()) for name in ("broker", "database")}
    place = Place(adapter=adapters["database"], store=Mock())
    monkeypatch.setattr(handler, "adapter", adapters.__getitem__)
    monkeypatch.setattr(parts_module, "place_of", lambda adapter: place)
    return adapters


def schedulers(*aliases: str, drains: bool = False) -> list[Scheduler]:
    plan = ProcessPlan(
        name="dispatcher",
        worker=None,
        chores_for=aliases,
        timing=Timing(),
        bounds=Bounds(drains=drains),
    )
    birth = Birth(
        process_id="abc", supervisor_pid=1, news=-1, page=StartedPage(slots=0), predecessors=()
    )
    parts = Parts(plan, birth, obey=Mock(), when_news=Mock())
    return [part for part in parts._dispatchers if isinstance(part, Scheduler)]


class TestSchedulers:
    def test_one_place_has_one_scheduler(self, adapters: dict[str, FakeAdapter]) -> None:
        assert len(schedulers("broker", "database")) == 1

    def test_tasks_of_an_adapter_tick_where_only_its_workers_run(
        self, adapters: dict[str, FakeAdapter]
    ) -> None:
        [scheduler] = schedulers("broker")
        assert scheduler._adapter is adapters["database"]

    def test_nothing_ticks_in_a_drain(self, adapters: dict[str, FakeAdapter]) -> None:
        assert schedulers("broker", "database", drains=True) == []
