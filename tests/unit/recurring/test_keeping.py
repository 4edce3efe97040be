"""Recurring tasks of adapters that keep none themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from django_activejob import ActiveJob, checks, handler
from django_activejob.adapters.thread_pool import AsyncAdapter
from django_activejob.contracts import Envelope
from django_activejob.errors import ConfigurationError, RecurringTaskError
from django_activejob.recurring import run_recurring_task, schedule_recurring_task, tasks
from django_activejob.recurring.keeping import place_of
from django_activejob.recurring.ticking import tick

pytestmark = pytest.mark.django_db(
    transaction=True, databases=["default"], available_apps=["django_activejob"]
)

sent: list[Envelope] = []


class Broker(AsyncAdapter):
    """Passes jobs on, and keeps nothing."""

    def enqueue(self, envelope: Envelope) -> None:
        sent.append(envelope)


class BrokerJob(ActiveJob):
    queue_adapter = "broker"

    def perform(self) -> None:
        pass


class OwnJob(ActiveJob):
    queue_adapter = "database"

    def perform(self) -> None:
        pass


def settings(**changes: Any) -> Any:
    return override_settings(
        ACTIVE_JOB={
            "QUEUE_ADAPTER": "database",
            "ADAPTERS": {"broker": {"ADAPTER": f"{__name__}.Broker"}},
            "RECURRING_STORE": "database",
            "RECURRING": {
                "passed on": {"job": "tests.unit.recurring.test_keeping.BrokerJob", "every": 60},
                "own": {"job": "tests.unit.recurring.test_keeping.OwnJob", "every": 60},
            },
            **changes,
        }
    )


@pytest.fixture(autouse=True)
def _configured() -> Iterator[None]:
    sent.clear()
    with settings():
        yield


class TestRecurringStore:
    def test_its_adapter_keeps_its_own_tasks_and_those_of_others(self) -> None:
        keeper, broker = handler.adapter("database"), handler.adapter("broker")
        place = place_of(broker)
        assert place is not None
        assert place.adapter is keeper
        assert [task.key for task in tasks.declared(keeper)] == ["passed on", "own"]
        assert tasks.declared(broker) == []

    def test_a_tick_goes_to_the_adapter_of_its_job_and_is_recorded_here(self) -> None:
        keeper = handler.adapter("database")
        store = keeper.recurring()
        assert store is not None
        schedule_recurring_task("hourly", BrokerJob, every=3600)
        task = store.find("hourly")
        assert task is not None
        run_at = store.now()
        assert tick(task, run_at, adapter=keeper, store=store) is not None
        assert tick(task, run_at, adapter=keeper, store=store) is None
        assert [job.recurring_key for job in sent] == ["hourly"]
        assert len(store.ticks("hourly", limit=10)) == 1

    def test_run_now_goes_there_too(self) -> None:
        schedule_recurring_task("hourly", BrokerJob, every=3600)
        assert run_recurring_task("hourly")
        assert len(sent) == 1


class TestMistakes:
    def test_without_it_such_a_task_is_a_mistake(self) -> None:
        with settings(RECURRING_STORE=None):
            assert place_of(handler.adapter("broker")) is None
            with pytest.raises(RecurringTaskError, match="RECURRING_STORE"):
                schedule_recurring_task("hourly", BrokerJob, every=3600)

    @pytest.mark.parametrize(
        ("alias", "told"),
        [("inline", "keeps no recurring tasks itself"), ("redsi", "'redsi' is no queue adapter")],
    )
    def test_an_alias_that_cannot_be_it_is_told_by_the_checks(self, alias: str, told: str) -> None:
        with settings(RECURRING_STORE=alias):
            with pytest.raises(ConfigurationError, match=told):
                place_of(handler.adapter("broker"))
            [error] = checks.check_recurring_tasks(None)
            assert error.id == "activejob.E005"
            assert told in error.msg
            assert 'ACTIVE_JOB["RECURRING_STORE"]' in error.msg
