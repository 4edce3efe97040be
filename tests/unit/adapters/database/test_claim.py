from __future__ import annotations

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.models import Job
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions.claim import claim
from django_activejob.contracts import JobQuery
from django_activejob.testing.contracts.furniture import (
    Worker,
    arguments,
    envelope,
    run_chore,
)
from tests.contracts.stores import ONLY_POSTGRES, RETURNING, SERVERS

from .explaining import explained


class TestStatements:
    @pytest.mark.line("RQ-071")
    def test_an_idle_worker_asks_one_question(self, adapter: DatabaseAdapter, alias: str) -> None:
        worker, store = Worker(adapter), Store(alias)
        with CaptureQueriesContext(store.connection) as queries:
            claim(store, worker.id, ["critical", "mail*", "*"], limit=5)
        assert len(queries) == 1

    @RETURNING
    @pytest.mark.line("RQ-065")
    def test_all_queues_are_claimed_from_in_one_statement(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([envelope(1, queue_name="a"), envelope(2, queue_name="b")])
        worker, store = Worker(adapter), Store(alias)
        with CaptureQueriesContext(store.connection) as queries:
            assert len(claim(store, worker.id, ["*"], limit=5)) == 2
        assert len(queries) == 2  # the look, and the claim

    def test_a_full_claim_asks_no_further_queue(self, adapter: DatabaseAdapter, alias: str) -> None:
        adapter.enqueue_all([envelope(number, queue_name="a") for number in range(3)])
        worker, store = Worker(adapter), Store(alias)
        with CaptureQueriesContext(store.connection) as queries:
            claim(store, worker.id, ["a", "b", "c"], limit=2)
        assert not any("'b'" in query["sql"] for query in queries)


class TestLockedRows:
    pytestmark = SERVERS

    @pytest.mark.line("RQ-063")
    def test_rows_that_others_hold_are_passed_over(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([envelope(number) for number in range(3)])
        worker, other = Worker(adapter), connections.create_connection(alias)
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT id FROM django_activejob_job ORDER BY id LIMIT 1 FOR UPDATE")
            assert arguments(worker.claim()) == [1, 2]
        other.rollback()
        other.close()
        assert arguments(worker.claim()) == [0]

    @pytest.mark.line("RQ-146")
    def test_rows_that_another_dispatcher_moves_are_passed_over(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([envelope(number) for number in range(3)])
        Job.objects.using(alias).update(state="scheduled", scheduled_at="2020-01-01T00:00:00Z")
        other = connections.create_connection(alias)
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT id FROM django_activejob_job ORDER BY id LIMIT 1 FOR UPDATE")
            assert run_chore(adapter, "dispatch") == 2
        other.rollback()
        other.close()
        assert run_chore(adapter, "dispatch") == 1

    @pytest.mark.line("RQ-012")
    def test_a_process_that_is_being_buried_claims_nothing(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        heir = Worker(adapter)
        with transaction.atomic(using=alias):
            worker.registry.bury(worker.id, reason="gone", started=None)
        with pytest.raises(Exception, match="not registered"):
            worker.claim()
        assert arguments(heir.claim()) == [1]


class TestPlans:
    pytestmark = ONLY_POSTGRES

    def test_a_claim_reads_only_what_it_takes(self, adapter: DatabaseAdapter, alias: str) -> None:
        adapter.enqueue_all([envelope(number, queue_name="bulk") for number in range(3_000)])
        adapter.enqueue_all([envelope(number, queue_name="few", priority=9) for number in range(3)])
        worker, store = Worker(adapter), Store(alias)
        store.rows("SELECT 1")
        with store.connection.cursor() as cursor:
            cursor.execute("ANALYZE django_activejob_job")
        with CaptureQueriesContext(store.connection) as queries:
            assert len(claim(store, worker.id, ["few"], limit=2)) == 2
        plan = explained(store, queries[-1]["sql"], word="EXPLAIN ANALYZE")
        assert "aj_job_ready_queue" in plan
        assert "Rows Removed by Filter" not in plan


class TestPauses:
    def test_all_queues_but_the_paused_stay_in_priority_order_by_name(
        self, adapter: DatabaseAdapter
    ) -> None:
        for name in ("c", "a", "b"):
            adapter.enqueue(envelope(name, queue_name=name))
        adapter.inspector().pause("b")
        assert arguments(Worker(adapter).claim("*")) == ["a", "c"]
        assert adapter.inspector().count(JobQuery(status="ready")).number == 1
