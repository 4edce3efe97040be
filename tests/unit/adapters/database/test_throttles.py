from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_activejob.adapters.database import DatabaseAdapter, admission, starts
from django_activejob.adapters.database.gates import gate_of
from django_activejob.adapters.database.models import Job, Throttle
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions import open_gate
from django_activejob.contracts import JobQuery, Limit
from django_activejob.errors import AdapterUnavailable
from django_activejob.testing.contracts.furniture import (
    Worker,
    arguments,
    envelope,
    failed,
    run_chore,
)
from django_activejob.testing.contracts.throttles import throttled
from tests.unit.adapters.database.test_limits import _analyze, _plan


def rows(alias: str) -> Any:
    return Job.objects.using(alias).order_by("id")


def end_window(alias: str) -> None:
    """Lets the windows of all throttles end now."""
    past = timezone.now() - timedelta(hours=2)
    Throttle.objects.using(alias).update(window_at=past)
    Throttle.objects.using(alias).exclude(opens_at=None).update(opens_at=past)


class TestWindows:
    @pytest.mark.line("RQ-143")
    def test_those_that_wait_are_not_touched_until_the_window_ends(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([throttled(number, to=2) for number in range(50)])
        worker = Worker(adapter)
        worker.finish(*worker.claim())
        for _ in range(5):
            assert run_chore(adapter, "open_gates") == 0
            assert run_chore(adapter, "unblock") == 0
            assert worker.claim() == []
        waiting = rows(alias).filter(state="blocked")
        assert waiting.count() == 48
        assert set(waiting.values_list("claim_number", flat=True)) == {0}

    @pytest.mark.line("RQ-143")
    def test_then_as_many_go_on_as_may_start_and_no_more(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([throttled(number, to=2) for number in range(50)])
        worker = Worker(adapter)
        worker.finish(*worker.claim())
        end_window(alias)
        assert run_chore(adapter, "open_gates") == 2
        assert list(rows(alias).filter(state="ready").values_list("id", flat=True)) == [
            row.id for row in rows(alias)[2:4]
        ]
        assert arguments(worker.claim()) == [2, 3]
        assert worker.claim() == []

    def test_windows_that_pass_without_a_worker_are_not_made_up_for(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([throttled(number, to=2) for number in range(20)])
        for _ in range(5):
            end_window(alias)
            run_chore(adapter, "open_gates")
        assert len(Worker(adapter).claim()) == 2
        run_chore(adapter, "open_gates")
        assert Worker(adapter).claim() == []

    def test_the_claim_has_the_last_word(self, adapter: DatabaseAdapter, alias: str) -> None:
        adapter.enqueue_all([throttled(number, to=2) for number in range(6)])
        rows(alias).update(state="ready")
        worker = Worker(adapter)
        assert arguments(worker.claim()) == [0, 1]
        assert rows(alias).filter(state="blocked", process_id="", claimed_at=None).count() == 4

    def test_run_now_does_not_go_beyond_it(self, adapter: DatabaseAdapter, alias: str) -> None:
        adapter.enqueue_all([throttled(1), throttled(2)])
        worker = Worker(adapter)
        worker.finish(worker.claim_one())
        adapter.inspector().dispatch(JobQuery(status="blocked"), limit=10)
        assert worker.claim() == []
        assert rows(alias).filter(state="blocked").count() == 1

    def test_a_place_is_not_given_back_to_a_later_window(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([throttled(1), throttled(2)])
        worker = Worker(adapter)
        first = worker.claim_one()
        end_window(alias)
        run_chore(adapter, "open_gates")
        worker.finish(worker.claim_one())
        worker.release(first)
        assert worker.claim() == []

    def test_a_turned_away_job_frees_the_permit_of_its_limit(
        self, adapter: DatabaseAdapter
    ) -> None:
        limit = Limit(key="shop/1", to=1, duration=180.0)
        worker = Worker(adapter)
        adapter.enqueue(throttled("first"))
        worker.claim_one()
        adapter.enqueue(throttled("waits", limit=limit))
        adapter.enqueue(envelope("free", limit=limit))
        assert arguments(worker.claim()) == ["free"]


class TestOpenTransactions:
    def test_a_job_waits_until_the_commit(self, adapter: DatabaseAdapter, alias: str) -> None:
        with transaction.atomic(using=alias):
            adapter.enqueue(throttled(1))
            assert rows(alias).get().state == "blocked"
        assert rows(alias).get().state == "ready"


class TestCrashes:
    def test_upkeep_finds_what_a_crash_after_the_commit_left(
        self, adapter: DatabaseAdapter, monkeypatch: pytest.MonkeyPatch, alias: str
    ) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(admission, "open_gate", _lose_store)
            adapter.enqueue_all([throttled(1), throttled(2)])
        assert set(rows(alias).values_list("state", flat=True)) == {"blocked"}
        assert run_chore(adapter, "unblock") == 1
        assert arguments(Worker(adapter).claim()) == [1]

    def test_a_waiting_job_that_cannot_be_read_gets_through_to_fail(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue(throttled(1))
        rows(alias).update(state="blocked", routing="{")
        Throttle.objects.using(alias).all().delete()
        assert run_chore(adapter, "unblock") == 1
        worker = Worker(adapter)
        claim = worker.claim_one()
        assert claim.unreadable is not None
        assert worker.settle(claim, execution=failed()) == []

    def test_a_place_that_cannot_be_given_back_fails_nothing_but_is_told(
        self,
        adapter: DatabaseAdapter,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        adapter.enqueue(throttled(1))
        worker = Worker(adapter)
        claim = worker.claim_one()
        monkeypatch.setattr(starts, "_GIVE_BACK", "DELETE FROM no_such WHERE a = %s AND b = %s")
        with caplog.at_level(logging.WARNING, logger=starts.__name__):
            assert worker.release(claim) == []
        assert "lets one less start in this window" in caplog.text


class TestUpkeep:
    def test_throttles_that_nobody_needs_are_dropped(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([throttled(1, key="over"), throttled(2, key="lasts", per=1e6)])
        adapter.enqueue_all([throttled(3, key="awaited"), throttled(4, key="awaited")])
        adapter.enqueue(throttled(5, key="new"))
        worker = Worker(adapter)
        worker.finish(*worker.claim())
        old = timezone.now() - timedelta(hours=2)
        stored = Throttle.objects.using(alias)
        stored.exclude(key="new").update(used_at=old, window_at=old)
        assert run_chore(adapter, "clear_throttles") == 1
        assert sorted(stored.values_list("key", flat=True)) == ["awaited", "lasts", "new"]

    def test_all_of_them_are_looked_at(
        self, adapter: DatabaseAdapter, alias: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            "django_activejob.adapters.database.transitions.clear_throttles.CLEARED_AT_ONCE", 2
        )
        adapter.enqueue_all([throttled(number, key=f"k{number}", per=1) for number in range(5)])
        old = timezone.now() - timedelta(hours=2)
        Throttle.objects.using(alias).update(used_at=old, window_at=old)
        assert run_chore(adapter, "clear_throttles") == 5

    def test_a_throttle_without_jobs_is_left_alone(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        store = Store(alias)
        assert open_gate.open_gate(store, "nobody").ready == 0
        assert not Throttle.objects.using(alias).exists()


class TestCost:
    def test_a_claim_of_jobs_without_throttles_costs_nothing_more(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([envelope(1), envelope(2)])
        worker = Worker(adapter)
        with CaptureQueriesContext(connections[alias]) as queries:
            assert len(worker.claim()) == 2
        assert not [query for query in queries if "throttle" in query["sql"]]

    @pytest.mark.line("RQ-143")
    def test_many_that_wait_are_not_walked_through(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([throttled(number) for number in range(5_000)])
        adapter.enqueue_all([envelope(number) for number in range(2_000)])
        _analyze(alias)
        store, gate = Store(alias), gate_of("mail")
        first = _plan(store, open_gate._FIRST, (gate, 5))
        assert "aj_job_blocked" in first
        assert not [word for word in ("Sort", "filesort", "TEMP B-TREE") if word in first]
        assert "aj_job_holding" in _plan(store, open_gate._READY, (gate,))
        assert "aj_job_blocked" in _plan(store, open_gate._IS_AWAITED, (gate,))


def _lose_store(*_: object, **__: object) -> Any:
    raise AdapterUnavailable("the store cannot be reached")


@pytest.mark.django_db
def test_in_a_test_that_never_commits_a_job_goes_on_all_the_same() -> None:
    DatabaseAdapter().enqueue(throttled(1))
    assert Job.objects.get().state == "ready"
