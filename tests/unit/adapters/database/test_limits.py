from __future__ import annotations

import logging
from typing import Any

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext

from django_activejob.adapters.database import DatabaseAdapter, admission
from django_activejob.adapters.database.models import Job, Semaphore, UniqueLock
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions import admit as admitting
from django_activejob.contracts import Envelope, JobQuery, Limit
from django_activejob.errors import AdapterUnavailable, DuplicateJob
from django_activejob.testing.contracts.furniture import (
    Worker,
    arguments,
    envelope,
    failed,
    run_chore,
)
from django_activejob.testing.contracts.unique import unique


def limited(*values: Any, **changes: Any) -> Envelope:
    limit = Limit(key=changes.pop("key", "k"), to=changes.pop("to", 1), duration=180.0)
    return envelope(*values, limit=limit, **changes)


class TestOpenTransactions:
    def test_a_job_is_blocked_until_the_commit(self, adapter: DatabaseAdapter, alias: str) -> None:
        with transaction.atomic(using=alias):
            adapter.enqueue(limited(1))
            assert Job.objects.using(alias).get().state == "blocked"
        assert Job.objects.using(alias).get().state == "ready"

    def test_so_are_many(self, adapter: DatabaseAdapter, alias: str) -> None:
        with transaction.atomic(using=alias):
            adapter.enqueue_all([limited(1, to=2), limited(2, to=2), limited(3, to=2)])
        states = Job.objects.using(alias).order_by("id").values_list("state", flat=True)
        assert list(states) == ["ready", "ready", "blocked"]

    def test_a_rollback_leaves_nothing(self, adapter: DatabaseAdapter, alias: str) -> None:
        with transaction.atomic(using=alias):
            adapter.enqueue(limited(1))
            adapter.enqueue(unique(2))
            transaction.set_rollback(True, using=alias)
        assert not Job.objects.using(alias).exists()
        assert not UniqueLock.objects.using(alias).exists()
        assert adapter.enqueue(unique(3))

    def test_a_duplicate_leaves_the_transaction_usable(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        with transaction.atomic(using=alias):
            adapter.enqueue(unique(1))
            with pytest.raises(DuplicateJob):
                adapter.enqueue(unique(2))
            adapter.enqueue(envelope(3))
        assert arguments(Worker(adapter).claim()) == [1, 3]


class TestCrashes:
    @pytest.mark.line("RQ-137")
    def test_upkeep_admits_what_a_crash_after_the_commit_left(
        self, adapter: DatabaseAdapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        adapter.enqueue_all([limited(1), limited(2)])
        worker = Worker(adapter)
        claim = worker.claim_one()
        with monkeypatch.context() as patched:
            patched.setattr(admission, "admit", _die)
            worker.finish(claim)
        assert worker.claim() == []
        assert run_chore(adapter, "unblock") == 1
        assert arguments(worker.claim()) == [2]

    @pytest.mark.line("RQ-135")
    def test_upkeep_fills_each_key_up_to_its_limit(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([limited(n, to=2, key=f"k{n % 3}") for n in range(12)])
        Job.objects.using(alias).update(state="blocked")
        Semaphore.objects.using(alias).all().delete()
        assert run_chore(adapter, "unblock") == 6
        assert len(Worker(adapter).claim()) == 6

    def test_upkeep_looks_at_every_key(
        self, adapter: DatabaseAdapter, alias: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(admission, "KEYS_AT_ONCE", 2)
        adapter.enqueue_all([limited(n, key=f"k{n}") for n in range(5)])
        Job.objects.using(alias).update(state="blocked")
        assert run_chore(adapter, "unblock") == 5

    def test_a_store_that_fails_after_the_commit_fails_nothing_but_is_told(
        self,
        adapter: DatabaseAdapter,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        with (
            monkeypatch.context() as patched,
            caplog.at_level(logging.WARNING, logger=admission.__name__),
        ):
            patched.setattr(admission, "admit", _lose_store)
            assert adapter.enqueue(limited(1))
        assert "the next round of upkeep does" in caplog.text
        assert run_chore(adapter, "unblock") == 1

    def test_a_blocked_job_that_cannot_be_read_is_let_in_to_fail(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue(limited(1))
        Job.objects.using(alias).update(state="blocked", routing="{")
        Semaphore.objects.using(alias).all().delete()
        assert run_chore(adapter, "unblock") == 1
        worker = Worker(adapter)
        claim = worker.claim_one()
        assert claim.unreadable is not None
        assert worker.settle(claim, execution=failed()) == []


class TestUpkeep:
    def test_semaphores_that_nobody_needs_are_dropped(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([limited(1, key="used"), limited(2, key="done"), limited(3, key="new")])
        worker = Worker(adapter)
        claims = worker.claim()
        worker.finish(claims[1], claims[2])
        old = Semaphore.objects.using(alias).exclude(key="new")
        old.update(used_at="2020-01-01T00:00:00Z")
        assert run_chore(adapter, "clear_semaphores") == 1
        left = Semaphore.objects.using(alias).values_list("key", flat=True)
        assert sorted(left) == ["new", "used"]

    def test_locks_of_jobs_that_are_cleared_away_stay_until_they_expire(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue(unique(1, until="expiry"))
        worker = Worker(adapter)
        worker.finish(worker.claim_one())
        inspector = adapter.inspector()
        inspector.discard(JobQuery(status="finished"), limit=10)
        with pytest.raises(DuplicateJob):
            adapter.enqueue(unique(2))


class TestCost:
    def test_a_job_without_limit_or_lock_costs_one_statement(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        with CaptureQueriesContext(connections[alias]) as queries:
            adapter.enqueue(envelope(1))
        assert len(queries) == 1

    @pytest.mark.line("RQ-142")
    def test_twenty_thousand_that_wait_are_not_walked_through(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([limited(number) for number in range(20_000)])
        _analyze(alias)
        store = Store(alias)
        first = _plan(store, admitting._FIRST, ("k", 1))
        assert "aj_job_blocked" in first
        assert "Sort" not in first
        assert "filesort" not in first
        assert "TEMP B-TREE" not in first
        assert "aj_job_holding" in _plan(store, admitting._ROOM, ("k", -180.0, 1, "k"))
        worker = Worker(adapter)
        for number in range(3):
            claim = worker.claim_one()
            assert arguments([claim]) == [number]
            worker.finish(claim)


def _die(*_: object, **__: object) -> int:
    raise RuntimeError("the process dies here")


def _lose_store(*_: object, **__: object) -> int:
    raise AdapterUnavailable("the store cannot be reached")


def _analyze(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        is_mysql = connections[alias].vendor == "mysql"
        cursor.execute("ANALYZE TABLE django_activejob_job" if is_mysql else "ANALYZE")


def _plan(store: Store, sql: str, parameters: tuple[Any, ...]) -> str:
    explain = "EXPLAIN QUERY PLAN" if store.connection.vendor == "sqlite" else "EXPLAIN"
    return "\n".join(str(row) for row in store.rows(f"{explain} {sql}", parameters))


@pytest.mark.django_db
def test_in_a_test_that_never_commits_a_job_gets_its_permit_all_the_same() -> None:
    DatabaseAdapter().enqueue(limited(1))
    assert Job.objects.get().state == "ready"
