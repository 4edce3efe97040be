"""Ticks in their time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings

from django_activejob import clock, handler, signals
from django_activejob.adapters.database.models import RecurringTask as Row
from django_activejob.contracts import QueueAdapter, RecurringStore, RecurringTask
from django_activejob.errors import RecurringTaskError
from django_activejob.job.base import ActiveJob
from django_activejob.recurring import (
    disable_recurring_task,
    enable_recurring_task,
    run_recurring_task,
    schedule_recurring_task,
    unschedule_recurring_task,
)
from django_activejob.runtime import scheduler as module
from django_activejob.runtime.scheduler import Scheduler
from tests.jobs.hello import HelloJob
from tests.waiting import until

pytestmark = pytest.mark.django_db(
    transaction=True, databases=["default"], available_apps=["django_activejob"]
)
HELLO = "tests.jobs.hello.HelloJob"
Start = Callable[[], Scheduler]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY", 0.05)


@pytest.fixture
def settings_with() -> Iterator[Callable[..., None]]:
    """Sets the recurring tasks of the settings."""
    begun: list[override_settings] = []

    def declare(**tasks: dict[str, Any]) -> None:
        changed = override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "database", "RECURRING": tasks})
        changed.enable()
        begun.append(changed)

    declare()
    yield declare
    for changed in reversed(begun):
        changed.disable()


@pytest.fixture
def start(settings_with: object) -> Iterator[Start]:
    begun: list[Scheduler] = []

    def start() -> Scheduler:
        adapter, store = parts()
        scheduler = Scheduler(adapter, store)
        scheduler.start()
        begun.append(scheduler)
        return scheduler

    yield start
    for scheduler in begun:
        scheduler.end()
        scheduler.join(until=clock.monotonic() + 5)


@pytest.fixture
def skipped() -> Iterator[list[dict[str, Any]]]:
    told: list[dict[str, Any]] = []

    def receive(**facts: Any) -> None:
        told.append(facts)

    signals.recurring_skipped.connect(receive)
    yield told
    signals.recurring_skipped.disconnect(receive)


def parts() -> tuple[QueueAdapter, RecurringStore]:
    adapter = handler.adapter()
    store = adapter.recurring()
    assert store is not None
    return adapter, store


def found(key: str) -> RecurringTask:
    task = parts()[1].find(key)
    assert task is not None
    return task


def moments(key: str) -> list[datetime]:
    return [tick.run_at for tick in parts()[1].ticks(key, limit=100)]


def jobs() -> int:
    inspector = handler.adapter().inspector()
    assert inspector is not None
    return sum(queue.size for queue in inspector.queues())


class TestTicks:
    @pytest.mark.line("RQ-153", "RQ-159")
    def test_each_comes_once_at_its_moment_though_schedulers_are_many(self, start: Start) -> None:
        schedule_recurring_task("often", HelloJob, every=1)
        for _ in range(3):
            start()
        until(lambda: len(moments("often")) >= 2)
        assert all(moment.microsecond == 0 for moment in moments("often"))
        assert len(set(moments("often"))) == len(moments("often"))

    @pytest.mark.line("RQ-155")
    def test_a_task_that_cannot_be_enqueued_hurts_no_other(
        self, start: Start, caplog: pytest.LogCaptureFixture
    ) -> None:
        _, store = parts()
        broken = {"job": "shop.GoneJob", "every": 1.0}
        odd = {"job": HELLO, "schedule": "no schedule"}
        store.add(RecurringTask(key="broken", definition=broken, is_static=False))
        store.add(RecurringTask(key="odd", definition=odd, is_static=False))
        vague = {"job": HELLO, "every": 1.0, "misfire": "run_all", "grace": "soon"}
        store.add(RecurringTask(key="vague", definition=vague, is_static=False))
        self.was_due("vague")
        schedule_recurring_task("sound", HelloJob, every=1)
        scheduler = start()
        until(lambda: len(moments("sound")) >= 2)
        assert scheduler.is_alive()
        assert "The recurring task 'broken' could not be enqueued for" in caplog.text
        assert caplog.text.count("The recurring task 'odd' cannot be scheduled") == 1
        assert caplog.text.count("The recurring task 'vague' cannot be worked out") == 1

    def was_due(self, key: str) -> None:
        hours_ago = parts()[1].now() - timedelta(hours=3)
        Row.objects.filter(key=key).update(updated_at=hours_ago)

    def test_a_store_that_is_away_is_borne(
        self, start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        from django_activejob.adapters.database.recurring import DatabaseRecurringStore
        from django_activejob.errors import AdapterUnavailable

        def away(store: object) -> datetime:
            raise AdapterUnavailable("no route")

        with monkeypatch.context() as patch:
            patch.setattr(DatabaseRecurringStore, "now", away)
            start()
            until(lambda: "The schedule: fails and is tried again" in caplog.text)
        schedule_recurring_task("often", HelloJob, every=1)
        until(lambda: moments("often"))
        assert "The schedule: works again." in caplog.text


class TestSettings:
    def test_tasks_of_the_settings_are_declared_and_go_with_them(
        self,
        start: Start,
        settings_with: Callable[..., None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        settings_with(one={"job": HELLO, "every": 1}, two={"job": HELLO, "schedule": "@daily"})
        first = start()
        until(lambda: moments("one"))
        first.end()
        first.join(until=clock.monotonic() + 5)
        settings_with(two={"job": HELLO, "schedule": "@daily"})
        monkeypatch.setattr(module, "_READ_AT", clock.monotonic())
        start()
        until(lambda: [task.key for task in parts()[1].tasks()] == ["two"])

    @pytest.mark.line("RQ-162")
    def test_what_an_older_process_brings_back_is_removed(
        self, start: Start, settings_with: Callable[..., None]
    ) -> None:
        settings_with(new={"job": HELLO, "schedule": "@daily"})
        _, store = parts()
        start()
        until(lambda: store.find("new"))
        old = RecurringTask(key="old", definition={"job": HELLO, "every": 60.0})
        store.declare([old], as_of=store.now() - timedelta(days=1))
        until(lambda: store.find("old") is None)
        assert store.find("new")


class TestChanges:
    @pytest.mark.line("RQ-161", "RQ-165")
    def test_a_running_scheduler_notices_them(self, start: Start) -> None:
        start()
        schedule_recurring_task("often", HelloJob, every=1)
        until(lambda: moments("often"))
        disable_recurring_task("often")
        last = found("often").last_tick_at
        run_recurring_task("often")
        assert found("often").last_tick_at == last
        enable_recurring_task("often")
        until(lambda: found("often").last_tick_at != last)
        unschedule_recurring_task("often")
        assert parts()[1].find("often") is None

    @pytest.mark.line("RQ-165")
    def test_a_disabled_task_runs_out_of_turn(self, settings_with: object) -> None:
        schedule_recurring_task("seldom", HelloJob, schedule="@yearly", enabled=False)
        job = run_recurring_task("seldom")
        assert isinstance(job, HelloJob)
        assert (jobs(), moments("seldom")) == (1, [])

    def test_a_key_that_is_not_there_is_told(self, settings_with: object) -> None:
        with pytest.raises(RecurringTaskError, match="There is no recurring task 'nobody'"):
            run_recurring_task("nobody")
        with pytest.raises(RecurringTaskError, match="'nobody' that was made at run time"):
            unschedule_recurring_task("nobody")

    def test_a_task_of_the_settings_is_not_replaced(self, settings_with: object) -> None:
        _, store = parts()
        store.declare([RecurringTask(key="mine", definition={})], as_of=store.now())
        with pytest.raises(RecurringTaskError, match="'mine' stands in the settings"):
            schedule_recurring_task("mine", HelloJob, every=1)


class TestMisfires:
    """A task that was last done an hour and a bit ago, while no scheduler ran."""

    @pytest.mark.line("RQ-156")
    @pytest.mark.parametrize(
        ("misfire", "caught_up"), [("skip", 0), ("run_once", 1), ("run_all", 3)]
    )
    def test_the_policy_of_the_task_decides(
        self, start: Start, skipped: list[dict[str, Any]], misfire: Any, caught_up: int
    ) -> None:
        _, store = parts()
        every = 3600.0 * 24 * 300  # no tick falls into the time of the test
        schedule_recurring_task("task", HelloJob, every=every, misfire=misfire, grace=every * 4)
        last = datetime(1970, 1, 1, tzinfo=UTC)
        last += (store.now() - last) // timedelta(seconds=every) * timedelta(seconds=every)
        self.back_date(last - timedelta(seconds=every * 2 + 1))
        start()
        until(lambda: found("task").last_tick_at == last)
        assert len(moments("task")) == caught_up
        assert [(facts["key"], facts["last"]) for facts in skipped] == (
            [] if caught_up else [("task", last)]
        )

    def back_date(self, moment: datetime) -> None:
        Row.objects.update(updated_at=moment, last_tick_at=moment)


class TestCallbacks:
    def test_a_tick_that_a_callback_aborts_is_done_with(
        self, start: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from django_activejob import Abort, before_enqueue

        class AbortingJob(ActiveJob):
            @before_enqueue
            def abort(self) -> None:
                raise Abort

            def perform(self) -> None:
                """Does nothing."""

        schedule_recurring_task("aborted", AbortingJob, every=1)
        start()
        until(lambda: found("aborted").last_tick_at)
        assert (jobs(), moments("aborted")) == (0, [])
