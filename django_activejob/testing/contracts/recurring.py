"""Recurring tasks of adapters that keep them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from django_activejob.contracts import Envelope, QueueAdapter, RecurringStore, RecurringTask
from django_activejob.errors import ActiveJobError, AdapterUnavailable, TickRefused
from django_activejob.testing.contracts.furniture import Worker, envelope, unpacked

MINUTE = timedelta(minutes=1)


def store_of(adapter: QueueAdapter) -> RecurringStore:
    """The recurring store of an adapter that has one."""
    store = adapter.recurring()
    assert store is not None
    return store


def task(key: str = "nightly", **changes: object) -> RecurringTask:
    """A task that a store does not have yet."""
    facts: dict[str, object] = {"definition": {"job": "shop.ReportJob", "every": 60.0}}
    return RecurringTask(key=key, **{**facts, **changes})  # type: ignore[arg-type]  # a test's own


class RecurringContract:
    """What every adapter with a recurring store promises."""

    @pytest.fixture
    def store(self, adapter: QueueAdapter) -> RecurringStore:
        return store_of(adapter)

    @pytest.fixture
    def nightly(self, store: RecurringStore) -> RecurringTask:
        """A task that the settings declare, as the store has it."""
        store.declare([task()], as_of=store.now())
        return self.found(store)

    def found(self, store: RecurringStore, key: str = "nightly") -> RecurringTask:
        """The task that there has to be."""
        kept = store.find(key)
        assert kept is not None
        return kept

    def taken(self, adapter: QueueAdapter) -> list[Envelope]:
        """Takes all jobs that are ready, and finishes them."""
        worker = Worker(adapter)
        claims = worker.claim()
        worker.finish(*claims)
        return [unpacked(claim) for claim in claims]

    # Ticks

    def test_a_tick_is_recorded_and_its_job_enqueued(
        self, adapter: QueueAdapter, store: RecurringStore, nightly: RecurringTask
    ) -> None:
        run_at = store.now()
        id = store.tick(nightly, run_at, envelope("report", recurring_key="nightly"))
        [tick] = store.ticks("nightly", limit=10)
        [job] = self.taken(adapter)
        assert (tick.run_at, tick.provider_job_id) == (run_at, id)
        assert job.recurring_key == "nightly"
        assert self.found(store).last_tick_at == run_at

    @pytest.mark.line("DB-096")
    def test_the_latest_ticks_of_all_tasks_are_known(
        self, store: RecurringStore, nightly: RecurringTask
    ) -> None:
        store.add(task("hourly", is_static=False))
        store.add(task("idle", is_static=False))
        before, run_at = store.now() - MINUTE, store.now()
        for moment in (before, run_at):
            last = store.tick(self.found(store), moment, envelope("report"))
        store.tick(self.found(store, "hourly"), before, envelope("report"))
        store.skip(self.found(store, "hourly"), run_at)
        [tick] = store.latest_ticks()
        assert (tick.key, tick.run_at, tick.provider_job_id) == ("nightly", run_at, last)

    def test_a_moment_has_one_job(
        self, adapter: QueueAdapter, store: RecurringStore, nightly: RecurringTask
    ) -> None:
        run_at = store.now()
        store.tick(nightly, run_at, envelope("first"))
        with pytest.raises(TickRefused, match="'nightly' has its job"):
            store.tick(nightly, run_at, envelope("second"))
        assert [job.payload["arguments"] for job in self.taken(adapter)] == [["first"]]

    @pytest.mark.line("RQ-153", "RQ-166")
    def test_schedulers_that_meet_enqueue_each_moment_once(
        self, adapter: QueueAdapter, store: RecurringStore, nightly: RecurringTask
    ) -> None:
        began = store.now()
        moments = [began + number * MINUTE for number in range(10)]
        won: list[datetime] = []

        def schedule() -> None:
            for run_at in moments:
                if _ticks(lambda: store.tick(nightly, run_at, envelope("one"))):  # noqa: B023 - at once
                    won.append(run_at)
            adapter.close()

        threads = [threading.Thread(target=schedule) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(won) == moments
        assert len(self.taken(adapter)) == len(moments)

    @pytest.mark.line("RQ-154")
    def test_a_moment_stays_taken_when_its_job_is_gone(
        self, adapter: QueueAdapter, store: RecurringStore, nightly: RecurringTask
    ) -> None:
        run_at = store.now()
        store.tick(nightly, run_at, envelope("report"))
        assert len(self.taken(adapter)) == 1
        with pytest.raises(TickRefused):
            store.tick(nightly, run_at, envelope("report"))

    def test_a_job_that_is_refused_leaves_no_tick(
        self, store: RecurringStore, nightly: RecurringTask
    ) -> None:
        with pytest.raises(ActiveJobError):
            store.tick(nightly, store.now(), self.refused())
        assert store.ticks("nightly", limit=10) == []
        assert self.found(store).last_tick_at is None

    def refused(self) -> Envelope:
        """A job that the adapter does not accept."""
        return envelope("report", queue_name="")

    def test_another_adapter_may_have_its_tasks_kept(
        self, adapter: QueueAdapter, store: RecurringStore, nightly: RecurringTask
    ) -> None:
        sent: list[Envelope] = []

        def send(job: Envelope) -> str:
            sent.append(job)
            return "elsewhere-1"

        run_at = store.now()
        report = envelope("report")
        assert store.tick(nightly, run_at, report, enqueue=send) == "elsewhere-1"
        with pytest.raises(TickRefused):
            store.tick(nightly, run_at, report, enqueue=send)
        assert sent == [report]
        assert self.taken(adapter) == []
        assert [tick.run_at for tick in store.ticks("nightly", limit=10)] == [run_at]

    def test_a_job_that_another_adapter_does_not_accept_leaves_no_tick(
        self, store: RecurringStore, nightly: RecurringTask
    ) -> None:
        def refuse(job: Envelope) -> str:
            raise AdapterUnavailable("The broker is down.")

        with pytest.raises(AdapterUnavailable, match="The broker is down"):
            store.tick(nightly, store.now(), envelope("report"), enqueue=refuse)
        assert store.ticks("nightly", limit=10) == []
        assert self.found(store).last_tick_at is None

    def test_ticks_are_listed_from_the_newest(
        self, store: RecurringStore, nightly: RecurringTask
    ) -> None:
        began = store.now()
        for number in (1, 3, 2):
            store.tick(nightly, began + number * MINUTE, envelope(number))
        listed = store.ticks("nightly", limit=2)
        assert [tick.run_at for tick in listed] == [began + 3 * MINUTE, began + 2 * MINUTE]

    def test_what_is_skipped_counts_as_the_last_tick_once(
        self, store: RecurringStore, nightly: RecurringTask
    ) -> None:
        run_at = store.now()
        assert store.skip(nightly, run_at)
        assert not store.skip(nightly, run_at)
        assert not store.skip(nightly, run_at - MINUTE)
        assert self.found(store).last_tick_at == run_at

    # Changes

    @pytest.mark.line("RQ-161")
    def test_a_task_that_has_changed_ticks_no_more_as_it_was(
        self, adapter: QueueAdapter, store: RecurringStore
    ) -> None:
        store.add(task(is_static=False))
        before = self.found(store)
        store.add(task(is_static=False, definition={"job": "shop.ReportJob", "every": 5.0}))
        after = self.found(store)
        with pytest.raises(TickRefused, match="gone, disabled or changed"):
            store.tick(before, store.now(), envelope("report"))
        store.tick(after, store.now(), envelope("report"))
        assert len(store.ticks("nightly", limit=10)) == 1

    @pytest.mark.line("RQ-161")
    def test_a_task_that_was_removed_and_made_again_is_another(self, store: RecurringStore) -> None:
        store.add(task(is_static=False))
        before = self.found(store)
        store.remove("nightly")
        store.add(task(is_static=False))
        with pytest.raises(TickRefused):
            store.tick(before, store.now(), envelope("report"))

    @pytest.mark.line("RQ-165")
    def test_a_disabled_task_does_not_tick(
        self, store: RecurringStore, nightly: RecurringTask
    ) -> None:
        assert store.enable("nightly", False)
        disabled = self.found(store)
        assert not disabled.is_enabled
        for known in (nightly, disabled):
            with pytest.raises(TickRefused):
                store.tick(known, store.now(), envelope("report"))
        assert store.enable("nightly", True)
        store.tick(self.found(store), store.now(), envelope("report"))
        assert len(store.ticks("nightly", limit=10)) == 1

    def test_what_is_not_there_cannot_be_changed(self, store: RecurringStore) -> None:
        assert store.find("nobody") is None
        assert not store.remove("nobody")
        assert not store.enable("nobody", True)

    # The settings

    def test_the_settings_declare_tasks_and_remove_them(self, store: RecurringStore) -> None:
        store.declare([task("one"), task("two")], as_of=store.now())
        store.add(task("made by hand", is_static=False))
        store.declare([task("two"), task("three")], as_of=store.now() + MINUTE)
        assert [kept.key for kept in store.tasks()] == ["made by hand", "three", "two"]

    def test_a_task_that_is_declared_again_keeps_what_people_did(
        self, store: RecurringStore, nightly: RecurringTask
    ) -> None:
        store.enable("nightly", False)
        before = self.found(store)
        store.declare([task()], as_of=store.now() + MINUTE)
        assert self.found(store) == before

    def test_a_task_that_is_declared_otherwise_is_changed(
        self, store: RecurringStore, nightly: RecurringTask
    ) -> None:
        other = {"job": "shop.ReportJob", "every": 5.0}
        store.declare([task(definition=other)], as_of=store.now() + MINUTE)
        after = self.found(store)
        assert after.definition == other
        assert after.version != nightly.version

    @pytest.mark.line("RQ-162")
    def test_old_settings_do_not_take_back_what_newer_ones_say(self, store: RecurringStore) -> None:
        new, old = store.now(), store.now() - MINUTE
        store.declare([task(definition={"every": 5.0}), task("new")], as_of=new)
        store.declare([task(definition={"every": 60.0}), task("old")], as_of=old)
        assert self.found(store).definition == {"every": 5.0}
        assert [kept.key for kept in store.tasks()] == ["new", "nightly", "old"]
        assert store.retire(["nightly", "new"], as_of=new) == 1
        assert store.retire(["nightly", "new"], as_of=new) == 0
        assert [kept.key for kept in store.tasks()] == ["new", "nightly"]

    def test_tasks_of_the_settings_cannot_be_replaced_or_removed(
        self, store: RecurringStore, nightly: RecurringTask
    ) -> None:
        assert not store.add(task(is_static=False, definition={"every": 1.0}))
        assert not store.remove("nightly")
        assert self.found(store) == nightly


def _ticks(enqueue: Callable[[], object]) -> bool:
    try:
        enqueue()
    except TickRefused:
        return False
    return True
