"""With 200,000 jobs in the table, each statement of the main road walks the index meant for it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test.utils import CaptureQueriesContext

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions.claim import claim, claim_more
from django_activejob.adapters.database.transitions.clear_finished import clear_finished
from django_activejob.adapters.database.transitions.dispatch import dispatch
from django_activejob.contracts import Claim, Outcome, Settlement
from django_activejob.testing.contracts.furniture import Worker, ended

SIDE = 448  # its square is just over 200,000

# One in four is ready, half are scheduled, one in four is finished; two thirds in one queue.
_FILL = f"""
    INSERT INTO django_activejob_job
        (queue, priority, state, job_id, job_class, payload, routing, limit_key, executions,
         crashes, process_id, claim_number, error_class, enqueued_at, scheduled_at, finished_at)
    WITH RECURSIVE numbers AS (
        SELECT 0 AS number UNION ALL SELECT number + 1 FROM numbers WHERE number < {SIDE - 1}
    ), rows_of AS (
        SELECT high.number * {SIDE} + low.number AS place, low.number %% 4 AS kind
        FROM numbers AS high CROSS JOIN numbers AS low
    )
    SELECT CASE WHEN place %% 3 = 0 THEN 'few' ELSE 'bulk' END, place %% 5,
           CASE kind WHEN 0 THEN 'ready' WHEN 1 THEN 'finished' ELSE 'scheduled' END,
           TRIM(CAST(place AS CHAR(36))), 'tests.FillJob', %s, '', '', 0, 0, '', 0, '', {{now}},
           CASE kind WHEN 2 THEN {{now}} WHEN 3 THEN {{later}} END,
           CASE WHEN kind = 1 THEN {{now}} END
    FROM rows_of
"""
_INDEXES = {
    "claim from one queue": "aj_job_ready_queue",
    "claim from all queues": "aj_job_ready",
    "dispatch": "aj_job_due",
    "clearing": "aj_job_finished",
}
_WHOLE = "Seq Scan on django_activejob_job"
_ANALYZE = {"mysql": "ANALYZE TABLE django_activejob_job"}
_EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN", "mysql": "EXPLAIN FORMAT=JSON"}


@pytest.fixture
def store(alias: str) -> Store:
    store = Store(alias)
    payload = json.dumps({"job_class": "a", "job_id": "b", "arguments": [], "executions": 0})
    store.atomically(lambda: store.change(_FILL, (payload, 3600)))
    with store.connection.cursor() as cursor:
        cursor.execute(_ANALYZE.get(store.connection.vendor, "ANALYZE django_activejob_job"))
    return store


class TestPlans:
    def test_every_statement_of_the_main_road_walks_its_index(
        self, adapter: DatabaseAdapter, store: Store
    ) -> None:
        worker = Worker(adapter)
        plans = {
            "claim from one queue": plan(
                store, lambda: claim_more(store, worker.id, ["few"], limit=5)
            ),
            "claim from all queues": plan(
                store, lambda: claim_more(store, worker.id, ["*"], limit=5)
            ),
            "dispatch": plan(store, lambda: dispatch(store)),
            "clearing": plan(store, lambda: clear_finished(store, keep=0)),
        }
        for name, index in _INDEXES.items():
            assert index in plans[name], f"{name}: {plans[name]}"
            assert not sorts(plans[name]), f"{name}: {plans[name]}"
        claims = claim(store, worker.id, ["*"], limit=5)
        settling = plan(store, lambda: worker.source.settle([settlement(each) for each in claims]))
        assert any(name in settling for name in PRIMARY[store.connection.vendor]), settling
        assert _WHOLE not in settling
        assert '"access_type": "ALL"' not in settling


# To find five rows by what the process holds is as good as by their ids.
PRIMARY = {
    "sqlite": ("INTEGER PRIMARY KEY", "aj_job_held"),
    "postgresql": ("django_activejob_job_pkey", "aj_job_held"),
    "mysql": ("PRIMARY", "aj_job_held"),
}


def settlement(claim: Claim) -> Settlement:
    return Settlement(claim=claim, execution=ended(Outcome.PERFORMED))


def sorts(plan: str) -> bool:
    return any(word in plan for word in ("filesort", "TEMP B-TREE", "Sort Key", _WHOLE))


def plan(store: Store, work: Callable[[], object]) -> str:
    """The engine's plans for the statements about jobs, in one text."""
    with CaptureQueriesContext(store.connection) as queries:
        work()
    about_jobs = [query["sql"] for query in queries if "django_activejob_job" in query["sql"]]
    assert about_jobs
    return "\n".join(explained(store, sql) for sql in about_jobs)


def explained(store: Store, sql: str) -> str:
    with store.connection.cursor() as cursor:
        cursor.execute(f"{_EXPLAIN[store.connection.vendor]} {sql}")
        return "\n".join(str(row) for row in cursor.fetchall())
