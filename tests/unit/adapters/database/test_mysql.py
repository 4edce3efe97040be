"""What only MySQL and MariaDB can do wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connections
from django.db.utils import OperationalError, ProgrammingError
from django.test.utils import CaptureQueriesContext

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.checks import check_alias
from django_activejob.adapters.database.inserting import insert
from django_activejob.adapters.database.models import Job
from django_activejob.adapters.database.rows import row_of
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.trouble import is_missing_table, is_transient
from django_activejob.adapters.database.vendor import MYSQL
from django_activejob.contracts import JobQuery
from django_activejob.errors import AdapterUnavailable
from django_activejob.testing.contracts.furniture import Worker, arguments, envelope
from tests.contracts.stores import ONLY_MYSQL


@pytest.fixture
def store(alias: str) -> Store:
    return Store(alias)


@ONLY_MYSQL
class TestTexts:
    def test_every_text_of_ours_is_exact_and_holds_any_character(self, store: Store) -> None:
        tables = [
            model._meta.db_table
            for model in apps.get_app_config("django_activejob").models.values()
        ]
        columns = store.rows(
            "SELECT table_name, column_name, collation_name FROM information_schema.columns "
            "WHERE table_schema = DATABASE() AND collation_name IS NOT NULL "
            "AND table_name {among}",
            (tables,),
        )
        assert len({table for table, _, _ in columns}) >= 4
        inexact = [
            row for row in columns if not row[2].startswith("utf8mb4_") or "_bin" not in row[2]
        ]
        assert inexact == []

    def test_queues_whose_names_differ_by_case_or_a_space_are_different(
        self, adapter: DatabaseAdapter
    ) -> None:
        for name in ("mail", "Mail", "mail "):
            adapter.enqueue(envelope(name, queue_name=name))
        adapter.inspector().pause("Mail")
        assert arguments(Worker(adapter).claim("mail", "Mail")) == ["mail"]
        assert arguments(Worker(adapter).claim("*")) == ["mail "]

    def test_a_search_tells_upper_from_lower_case(self, adapter: DatabaseAdapter) -> None:
        adapter.enqueue(envelope("Ada"))
        assert adapter.inspector().count(JobQuery(search="Ada")).number == 1
        assert adapter.inspector().count(JobQuery(search="ada")).number == 0


@ONLY_MYSQL
class TestIsolation:
    @pytest.fixture
    def repeatable(self, alias: str) -> Iterator[None]:
        connection = connections[alias]
        before = connection.isolation_level
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.isolation_level = "repeatable read"
        yield
        connection.close()
        connection.isolation_level = before

    def test_our_transactions_ask_for_read_committed_where_the_session_has_not(
        self, store: Store, repeatable: None
    ) -> None:
        with CaptureQueriesContext(store.connection) as queries:
            store.atomically(lambda: store.rows("SELECT 1"))
        assert any("READ COMMITTED" in query["sql"] for query in queries)

    def test_the_session_keeps_its_own_level(self, store: Store, repeatable: None) -> None:
        store.atomically(lambda: store.rows("SELECT 1"))
        [(level,)] = store.rows("SELECT @@SESSION.tx_isolation")
        assert level == "REPEATABLE-READ"

    def test_a_session_at_read_committed_is_not_asked(self, store: Store) -> None:
        with CaptureQueriesContext(store.connection) as queries:
            store.atomically(lambda: store.rows("SELECT 1"))
        assert not any("ISOLATION" in query["sql"] for query in queries)


class TestTrouble:
    @pytest.mark.parametrize("number", [1020, 1205, 1213])
    def test_deadlocks_and_lock_waits_pass(self, number: int) -> None:
        assert is_transient(OperationalError(number, "try restarting transaction"))

    def test_other_errors_do_not_pass(self) -> None:
        assert not is_transient(OperationalError(1290, "read only"))

    def test_a_missing_table_is_known(self) -> None:
        assert is_missing_table(ProgrammingError(1146, "no such table"))


@ONLY_MYSQL
class TestRealTrouble:
    def test_a_real_deadlock_repeats_the_whole_transaction(
        self, adapter: DatabaseAdapter, store: Store
    ) -> None:
        adapter.enqueue_all([envelope(1), envelope(2)])
        first, second = Job.objects.using(store.alias).order_by("pk").values_list("pk", flat=True)
        rival = connections.create_connection(store.alias)
        rival.set_autocommit(False)
        cursor = rival.cursor()
        cursor.execute("SELECT id FROM django_activejob_job WHERE id = %s FOR UPDATE", [second])
        tries = []

        def work() -> None:
            tries.append(1)
            store.rows("SELECT id FROM django_activejob_job WHERE id = %s FOR UPDATE", (first,))
            if len(tries) == 1:
                store.change("SET SESSION innodb_lock_wait_timeout = 1")
            else:
                rival.rollback()
            store.rows("SELECT id FROM django_activejob_job WHERE id = %s FOR UPDATE", (second,))

        store.atomically(work)
        rival.close()
        store.close()
        assert len(tries) == 2

    def test_a_statement_that_is_too_long_is_told_as_that(self, store: Store) -> None:
        def work() -> None:
            raise OperationalError(1153, "Got a packet bigger than 'max_allowed_packet' bytes")

        with pytest.raises(AdapterUnavailable, match="Raise its max_allowed_packet"):
            store.run(work)


@ONLY_MYSQL
class TestIds:
    @pytest.mark.parametrize("step", [1, 7])
    def test_without_returning_the_ids_come_from_the_first_one_and_the_step(
        self, store: Store, monkeypatch: pytest.MonkeyPatch, step: int
    ) -> None:
        monkeypatch.setattr(Store, "vendor", MYSQL)
        store.change(f"SET SESSION auto_increment_increment = {step}")
        ids = insert(store, [row_of(envelope(number, priority=number)) for number in range(5)])
        store.close()
        jobs = dict(Job.objects.using(store.alias).values_list("pk", "priority"))
        assert [jobs[id] for id in ids] == [0, 1, 2, 3, 4]

    def test_one_job_is_told_its_id(
        self, adapter: DatabaseAdapter, alias: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Store, "vendor", MYSQL)
        assert adapter.enqueue(envelope(1)) == str(Job.objects.using(alias).get().pk)


@ONLY_MYSQL
class TestCheck:
    def test_an_alias_as_django_makes_it_is_right(self, alias: str) -> None:
        assert list(check_alias(alias)) == []

    def test_connections_that_cannot_write_every_character_are_an_error(
        self, alias: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(connections[alias].settings_dict, "OPTIONS", {"charset": "latin1"})
        [message] = check_alias(alias)
        assert message.id == "activejob.E103"
        assert f"DATABASES['{alias}']: its connections speak 'latin1'" in message.msg
        assert "utf8mb4" in message.hint
