"""What grows: dead rows, attempts, and indexes on tables that are in use."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connections, models
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.attempts import MOST_ATTEMPTS
from django_activejob.adapters.database.models import Attempt, Job
from django_activejob.adapters.database.operations import AddIndexBeside
from django_activejob.adapters.database.store import Store
from django_activejob.contracts import JobQuery
from django_activejob.testing.contracts.furniture import Worker, envelope
from tests.contracts.stores import ONLY_POSTGRES
from tests.docs.tutorial import blocks_of

from .rivals import Rival, await_waiter, beside, rival_on

ROOT = Path(__file__).parents[4]


@pytest.fixture
def rival(alias: str) -> Iterator[Rival]:
    with rival_on(alias) as rival:
        yield rival


class TestAttempts:
    @pytest.mark.line("RQ-193")
    def test_of_a_job_that_is_tried_for_ever_the_newest_are_kept(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        for _ in range(MOST_ATTEMPTS + 20):
            assert worker.retry(worker.claim_one()) == []
        numbers = list(Attempt.objects.using(alias).order_by("id").values_list("number", flat=True))
        assert numbers == list(range(21, MOST_ATTEMPTS + 21))
        [job] = adapter.inspector().jobs(JobQuery()).jobs
        assert len(adapter.inspector().attempts(job.id)) == MOST_ATTEMPTS


@ONLY_POSTGRES
class TestDeadRows:
    @pytest.mark.line("RQ-186")
    def test_a_snapshot_that_somebody_keeps_slows_claims_and_breaks_none(
        self, adapter: DatabaseAdapter, alias: str, rival: Rival
    ) -> None:
        store = Store(alias)
        rival.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        rival.execute("SELECT COUNT(*) FROM django_activejob_job")
        worker = Worker(adapter)
        for first in range(0, 2_000, 500):
            adapter.enqueue_all([envelope(number) for number in range(first, first + 500)])
            while claims := worker.claim(limit=100):
                assert worker.finish(*claims) == []
        adapter.enqueue_all([envelope(number) for number in range(5)])
        store.change("VACUUM django_activejob_job")  # which may take nothing away
        assert len(worker.claim(limit=10)) == 5
        store.rows("SELECT pg_stat_force_next_flush()")
        store.close()
        assert adapter.inspector().backend()["dead_rows"] >= 2_000
        rival.give_way()
        store.change("VACUUM django_activejob_job")
        store.close()
        assert adapter.inspector().backend()["dead_rows"] < 100

    @pytest.mark.line("RQ-187")
    def test_the_settings_for_autovacuum_that_the_page_shows_are_right(self, alias: str) -> None:
        page = ROOT / "docs" / "how-to" / "operating.md"
        [block] = [each.content for each in blocks_of(page) if "autovacuum" in each.content]
        store = Store(alias)
        for statement in filter(None, map(str.strip, block.split(";"))):
            store.change(statement)
        try:
            [(options,)] = store.rows(
                "SELECT reloptions FROM pg_class WHERE relname = 'django_activejob_job'"
            )
            assert "autovacuum_vacuum_scale_factor=0.01" in options
        finally:
            store.change(
                "ALTER TABLE django_activejob_job RESET (autovacuum_vacuum_scale_factor, "
                "autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay)"
            )


class TestIndexes:
    @ONLY_POSTGRES
    @pytest.mark.line("RQ-245")
    def test_one_is_added_while_others_write(
        self, adapter: DatabaseAdapter, alias: str, rival: Rival
    ) -> None:
        adapter.enqueue(envelope(1))
        index = models.Index(fields=["queue", "job_class"], name="aj_test_beside")
        rival.execute("UPDATE django_activejob_job SET priority = 7")
        with beside(alias, partial(add, alias, index)) as adding:
            await_waiter(alias)
            with beside(alias, partial(adapter.enqueue, envelope(2))) as enqueuing:
                assert enqueuing.result(10)
            assert not adding.done()
            rival.give_way()
            adding.result(20)
        assert "aj_test_beside" in names(alias)
        drop(alias, index)

    @pytest.mark.line("RQ-245")
    def test_it_is_the_same_index_on_every_engine(self, alias: str) -> None:
        index = models.Index(fields=["queue", "job_class"], name="aj_test_beside")
        add(alias, index)
        assert "aj_test_beside" in names(alias)
        drop(alias, index)
        operation = AddIndexBeside("job", index)
        assert operation.describe().endswith(
            "on field(s) queue, job_class of model job, beside the traffic"
        )


def add(alias: str, index: models.Index) -> None:
    executor = MigrationExecutor(connections[alias])
    before = executor.loader.project_state()
    operation = AddIndexBeside("job", index)
    migration = Migration("9999_test", "django_activejob")
    migration.operations, migration.atomic = [operation], False
    after = migration.mutate_state(before)
    with connections[alias].schema_editor(atomic=False) as editor:
        operation.database_forwards("django_activejob", editor, before, after)


def drop(alias: str, index: models.Index) -> None:
    with connections[alias].schema_editor(atomic=False) as editor:
        editor.remove_index(apps.get_model("django_activejob", "Job"), index)


def names(alias: str) -> set[str]:
    with connections[alias].cursor() as cursor:
        return set(connections[alias].introspection.get_constraints(cursor, Job._meta.db_table))
