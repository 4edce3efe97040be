"""The tables as the engines have them."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connections, models

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.models import Job
from django_activejob.adapters.database.store import Store
from django_activejob.contracts import JobQuery
from django_activejob.testing.contracts.furniture import Worker, envelope
from tests.contracts.stores import ONLY_MYSQL, ONLY_POSTGRES, SQLITE

OURS = list(apps.get_app_config("django_activejob").get_models())


class TestIds:
    @pytest.mark.line("RQ-215")
    @pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
    def test_no_setting_of_the_project_chooses_them(self, model: type[models.Model]) -> None:
        key = model._meta.pk
        assert key is not None
        assert not key.auto_created
        assert not isinstance(key, models.AutoField) or isinstance(key, models.BigAutoField)
        assert model._meta.db_table.startswith("django_activejob_")

    @ONLY_MYSQL
    @pytest.mark.line("RQ-190")
    def test_they_are_long_enough_for_ever(self, alias: str) -> None:
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT table_name, data_type FROM information_schema.columns "
                "WHERE table_schema = DATABASE() AND extra LIKE '%auto_increment%' "
                "AND table_name LIKE 'django\\_activejob\\_%'"
            )
            found = dict(cursor.fetchall())
        assert set(found.values()) == {"bigint"}
        assert "django_activejob_job" in found

    @pytest.mark.line("RQ-190")
    def test_ids_beyond_32_bits_are_claimed_and_settled(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue(envelope(1))
        Job.objects.using(alias).update(id=2**40)
        worker = Worker(adapter)
        claims = worker.claim()
        assert [claim.token for claim in claims] == [f"{2**40}:1"]
        assert worker.finish(*claims) == []


class TestSnapshots:
    @pytest.mark.line("RQ-190", "RQ-191")
    def test_nobody_of_ours_leaves_a_transaction_open(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([envelope(number) for number in range(30)])
        worker, inspector = Worker(adapter), adapter.inspector()
        worker.finish(*worker.claim(limit=5))
        assert inspector.jobs(JobQuery(), limit=5).jobs
        inspector.queues()
        assert connections[alias].get_autocommit()
        assert not connections[alias].in_atomic_block

    @pytest.mark.parametrize("alias", [SQLITE], indirect=True)
    @pytest.mark.line("RQ-191")
    def test_the_log_of_sqlite_can_be_emptied_after_a_list_was_read(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([envelope(number) for number in range(30)])
        assert adapter.inspector().jobs(JobQuery(), limit=5).jobs
        Worker(adapter).claim(limit=2)
        other = connections.create_connection(alias)
        with other.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy, pages, moved = cursor.fetchone()
        other.close()
        assert (is_busy, pages, moved) == (0, 0, 0)


class TestElsewhere:
    @ONLY_POSTGRES
    @pytest.mark.line("RQ-214")
    def test_our_statements_follow_the_search_path(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        store = Store(alias)
        store.change("CREATE SCHEMA elsewhere")
        try:
            for model in OURS:
                table = model._meta.db_table
                store.change(f"CREATE TABLE elsewhere.{table} (LIKE public.{table} INCLUDING ALL)")
            store.change("SET search_path = elsewhere")
            adapter.enqueue(envelope(1))
            worker = Worker(adapter)
            assert worker.finish(*worker.claim()) == []
            assert adapter.inspector().count(JobQuery(status="finished")).number == 1
            assert store.rows("SELECT COUNT(*) FROM public.django_activejob_job") == [(0,)]
            assert store.rows("SELECT COUNT(*) FROM elsewhere.django_activejob_job") == [(1,)]
        finally:
            store.close()
            store.change("DROP SCHEMA elsewhere CASCADE")


class TestTomorrow:
    @pytest.mark.line("RQ-244")
    def test_code_of_today_works_on_tables_that_a_later_version_has_widened(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        tables = [model._meta.db_table for model in OURS]
        with connections[alias].cursor() as cursor:
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ADD COLUMN color varchar(9) DEFAULT 'red'")
        try:
            self.live(adapter)
        finally:
            with connections[alias].cursor() as cursor:
                for table in tables:
                    cursor.execute(f"ALTER TABLE {table} DROP COLUMN color")

    def live(self, adapter: DatabaseAdapter) -> None:
        adapter.enqueue_all([envelope(number) for number in range(4)])
        worker: Any = Worker(adapter)
        one, two, *others = worker.claim()
        worker.retry(one)
        worker.finish(two)
        worker.registry.beat(worker.id, running=[each.token for each in others])
        assert len(worker.registry.bury(worker.id, reason="gone", started=None)) == 2
        assert len(adapter.inspector().jobs(JobQuery()).jobs) == 4
