"""With 200,000 jobs in the table, each statement of the main road walks the index meant for it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from django.test.utils import CaptureQueriesContext

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions.claim import claim, claim_more
from django_activejob.adapters.database.transitions.clear_finished import clear_finished
from django_activejob.adapters.database.transitions.dispatch import Dispatching, dispatch
from django_activejob.contracts import Claim, Outcome, Settlement
from django_activejob.testing.contracts.furniture import Worker, ended, envelope
from tests.contracts.stores import ONLY_POSTGRES

from .explaining import explained

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
    "look for due jobs": "aj_job_due",
    "clearing": "aj_job_finished",
}
_WHOLE = "Seq Scan on django_activejob_job"
_ANALYZE = {"mysql": "ANALYZE TABLE django_activejob_job"}
_EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN", "mysql": "EXPLAIN FORMAT=JSON"}


@pytest.fixture
def store(alias: str) -> Store:
    store = Store(alias)
    fill(store)
    analyze(store)
    return store


def fill(store: Store) -> None:
    payload = json.dumps({"job_class": "a", "job_id": "b", "arguments": [], "executions": 0})
    store.atomically(lambda: store.change(_FILL, (payload, 3600)))


def analyze(store: Store) -> None:
    with store.connection.cursor() as cursor:
        cursor.execute(_ANALYZE.get(store.connection.vendor, "ANALYZE django_activejob_job"))


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
            "look for due jobs": plan(store, Dispatching(store).run),
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


@ONLY_POSTGRES
class TestPlansOfAnOutdatedPlanner:
    @pytest.mark.line("RQ-185")
    def test_a_planner_that_believes_in_an_empty_table_walks_the_indexes_too(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        store, worker = Store(alias), Worker(adapter)
        analyze(store)
        fill(store)
        plans = {
            "aj_job_ready_queue": plan(
                store, lambda: claim_more(store, worker.id, ["few"], limit=100)
            ),
            "aj_job_ready": plan(store, lambda: claim_more(store, worker.id, ["*"], limit=100)),
            "aj_job_due": plan(store, lambda: dispatch(store)),
        }
        for index, said in plans.items():
            assert index in said, said
            assert not sorts(said), said

    @pytest.mark.line("RQ-185")
    def test_a_claim_reads_as_much_of_a_long_queue_as_of_a_short_one(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        store, worker = Store(alias), Worker(adapter)
        adapter.enqueue_all([envelope(number) for number in range(1_000)])
        of_short = pages_read(store, lambda: claim_more(store, worker.id, ["*"], limit=20))
        fill(store)
        of_long = pages_read(store, lambda: claim_more(store, worker.id, ["*"], limit=20))
        # A tree of 200 times as many keys has a level or two more.
        assert of_long < 3 * of_short

    def test_so_it_does_where_the_server_binds_the_parameters(
        self, adapter: DatabaseAdapter, alias: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store, worker = Store(alias), Worker(adapter)
        analyze(store)
        fill(store)
        monkeypatch.setitem(store.connection.settings_dict["OPTIONS"], "server_side_binding", True)
        with CaptureQueriesContext(store.connection) as queries:
            assert len(claim_more(store, worker.id, ["*"], limit=100)) == 100
        said = [query["sql"] for query in queries]
        assert any(sql.startswith("SET LOCAL") and "WITH" not in sql for sql in said), said


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


def pages_read(store: Store, work: Callable[[], object]) -> int:
    """How many pages of 8 kB PostgreSQL looks at for one statement."""
    with CaptureQueriesContext(store.connection) as queries:
        work()
    said = explained(store, queries[-1]["sql"], word="EXPLAIN (ANALYZE, BUFFERS)")
    whole = next(line for line in said.splitlines() if "Buffers:" in line)
    return sum(int(number) for number in re.findall(r"(?:hit|read)=(\d+)", whole))


def plan(store: Store, work: Callable[[], object]) -> str:
    """The engine's plans for the statements about jobs, in one text."""
    with CaptureQueriesContext(store.connection) as queries:
        work()
    about_jobs = [query["sql"] for query in queries if "django_activejob_job" in query["sql"]]
    assert about_jobs
    word = _EXPLAIN[store.connection.vendor]
    return "\n".join(explained(store, sql, word=word) for sql in about_jobs)
