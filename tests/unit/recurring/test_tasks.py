"""Recurring tasks made at run time, and how their ticks become jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from django_activejob import ActiveJob, before_enqueue, handler, queue_as, signals
from django_activejob.contracts import QueueAdapter, RecurringStore, RecurringTask
from django_activejob.errors import (
    ConfigurationError,
    InvalidSchedule,
    RecurringTaskError,
    SerializationError,
    UnknownJobClass,
)
from django_activejob.job import registry
from django_activejob.recurring import run_recurring_task, schedule_recurring_task
from django_activejob.recurring.definition import read
from django_activejob.recurring.ticking import tick
from tests.jobs.hello import HelloJob

pytestmark = pytest.mark.django_db(
    transaction=True, databases=["default"], available_apps=["django_activejob"]
)


@queue_as("reports")
class ReportJob(ActiveJob):
    """Notes that its enqueue callbacks ran."""

    def perform(self, month: str, *, copies: int = 1) -> None:
        """Does nothing."""

    @before_enqueue
    def add_a_copy(self) -> None:
        """Changes an argument."""
        self.keyword_arguments["copies"] = 2


@pytest.fixture(autouse=True)
def database() -> Iterator[None]:
    with override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "database"}):
        yield


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """The names of the signals about enqueuing that were sent."""
    names = ("enqueued", "enqueue_failed", "enqueue_aborted", "recurring_enqueued")
    told: list[str] = []

    def listening(name: str) -> Any:
        return lambda **_: told.append(name)

    receivers = {name: listening(name) for name in names}
    for name, receiver in receivers.items():
        getattr(signals, name).connect(receiver)
    yield told
    for name, receiver in receivers.items():
        getattr(signals, name).disconnect(receiver)


def parts() -> tuple[QueueAdapter, RecurringStore]:
    adapter = handler.adapter()
    store = adapter.recurring()
    assert store is not None
    return adapter, store


def found(key: str) -> RecurringTask:
    task = parts()[1].find(key)
    assert task is not None
    return task


class TestScheduling:
    def test_a_task_keeps_all_that_was_said(self) -> None:
        schedule_recurring_task(
            "report",
            ReportJob,
            schedule="0 2 1 * * Europe/Berlin",
            args=["May"],
            kwargs={"copies": 3},
            queue="slow",
            priority=7,
            misfire="run_once",
            grace=60,
        )
        definition = read(found("report").definition)
        job = definition.new_job()
        assert (job.arguments, job.keyword_arguments) == (["May"], {"copies": 3})
        assert (job.queue_name, job.priority) == ("slow", 7)
        assert (definition.misfire, definition.grace) == ("run_once", 60.0)

    def test_what_a_newer_version_has_added_is_left_alone(self) -> None:
        assert read({"job": "shop.ReportJob", "color": "red"}).job == "shop.ReportJob"

    def test_the_same_key_replaces_it(self) -> None:
        schedule_recurring_task("hello", HelloJob, every=60)
        schedule_recurring_task("hello", HelloJob, every=30)
        assert found("hello").definition["every"] == 30.0

    @pytest.mark.line("RQ-163")
    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            ({}, ConfigurationError, "The recurring task 'x': takes either"),
            ({"schedule": "0 0 30 2 *"}, InvalidSchedule, "bad day-of-month"),
            ({"every": 60, "args": [object()]}, SerializationError, "object"),
            ({"every": 60, "kwargs": {"nobody": 1}}, TypeError, "nobody"),
            ({"every": 60, "colour": 1}, ConfigurationError, "is not a setting"),
        ],
    )
    def test_what_is_wrong_is_told_at_once(
        self, options: dict[str, Any], error: type[Exception], message: str
    ) -> None:
        options = {"args": ["May"], **options}
        with pytest.raises(error, match=message):
            schedule_recurring_task("x", ReportJob, **options)
        assert parts()[1].tasks() == []

    def test_a_class_that_is_unknown_is_told(self) -> None:
        with pytest.raises(UnknownJobClass, match=r"shop\.GoneJob"):
            schedule_recurring_task("x", "shop.GoneJob", every=60)

    def test_a_key_that_cannot_be_is_told(self) -> None:
        with pytest.raises(ConfigurationError, match="is no key for a recurring task"):
            schedule_recurring_task("", HelloJob, every=60)

    def test_an_adapter_that_keeps_none_is_told(self) -> None:
        with (
            override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "inline"}),
            pytest.raises(RecurringTaskError, match="keeps no recurring tasks"),
        ):
            schedule_recurring_task("x", HelloJob, every=60)


class TestTicking:
    def test_enqueue_callbacks_run_and_observers_are_told(self, heard: list[str]) -> None:
        adapter, store = parts()
        schedule_recurring_task("report", ReportJob, every=60, args=["May"])
        job = tick(found("report"), store.now(), adapter=adapter, store=store)
        assert isinstance(job, ReportJob)
        assert job.keyword_arguments == {"copies": 2}
        assert heard == ["enqueued", "recurring_enqueued"]

    @pytest.mark.line("RQ-153")
    def test_a_scheduler_that_comes_second_tells_nobody(self, heard: list[str]) -> None:
        adapter, store = parts()
        schedule_recurring_task("hello", HelloJob, every=60)
        run_at = store.now()
        tick(found("hello"), run_at, adapter=adapter, store=store)
        heard.clear()
        assert tick(found("hello"), run_at, adapter=adapter, store=store) is None
        assert heard == []

    def test_a_job_out_of_turn_knows_its_task(self) -> None:
        from django_activejob.adapters.database.models import Job

        schedule_recurring_task("hello", registry.name_of(HelloJob), every=60)
        run_recurring_task("hello")
        assert '"recurring_key":"hello"' in Job.objects.get().routing

    def test_log_lines_tell_of_ticks_and_of_what_was_missed(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("INFO", logger="django_activejob")
        adapter, store = parts()
        schedule_recurring_task("hello", HelloJob, every=60)
        run_at = store.now().replace(microsecond=0)
        tick(found("hello"), run_at, adapter=adapter, store=store)
        signals.recurring_skipped.send(
            None, adapter=adapter, key="hello", first=run_at, last=run_at
        )
        shown = f"{run_at:%Y-%m-%d %H:%M:%S} UTC"
        assert "Enqueued recurring task 'hello' as tests.jobs.hello.HelloJob" in caplog.text
        assert f"due at {shown}" in caplog.text
        assert f"Skipped recurring task 'hello': missed {shown}" in caplog.text


class TestClearing:
    @pytest.mark.line("RQ-154")
    def test_ticks_go_when_they_have_been_kept_for_long_enough(self) -> None:
        from datetime import timedelta

        adapter, store = parts()
        schedule_recurring_task("hello", HelloJob, every=60)
        old, new = store.now() - timedelta(days=8), store.now() - timedelta(days=6)
        for run_at in (old, new):
            tick(found("hello"), run_at, adapter=adapter, store=store)
        [chore] = [chore for chore in adapter.chores() if chore.name == "clear_ticks"]
        assert (chore.run(), chore.run()) == (1, 0)
        assert [kept.run_at for kept in store.ticks("hello", limit=9)] == [new]
