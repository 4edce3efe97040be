from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connections, transaction
from django.db.utils import DatabaseError, IntegrityError, InterfaceError, OperationalError

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.models import Job
from django_activejob.adapters.database.store import RETRY_PAUSES, Store
from django_activejob.errors import AdapterUnavailable
from django_activejob.testing.contracts.furniture import envelope
from tests.contracts.stores import ONLY_POSTGRES

Errors = Callable[[], Exception]


class DriverError(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


def deadlock() -> OperationalError:
    error = OperationalError("deadlock detected")
    error.__cause__ = DriverError("40P01")
    return error


class Flaky:
    """Work that fails so many times before it succeeds."""

    def __init__(self, error: Callable[[], Exception], *, times: int) -> None:
        self.error, self.left, self.calls = error, times, 0

    def __call__(self) -> str:
        self.calls += 1
        if self.left:
            self.left -= 1
            raise self.error()
        return "done"


@pytest.fixture
def store(alias: str, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return Store(alias)


class TestTransientTrouble:
    @pytest.mark.line("RQ-055")
    @pytest.mark.parametrize("error", [deadlock, lambda: OperationalError("database is locked")])
    def test_what_clashed_is_tried_again(
        self, store: Store, error: Callable[[], Exception]
    ) -> None:
        assert store.run(Flaky(error, times=len(RETRY_PAUSES))) == "done"
        assert store.atomically(Flaky(error, times=len(RETRY_PAUSES))) == "done"

    def test_at_last_it_is_given_up(self, store: Store) -> None:
        work = Flaky(deadlock, times=99)
        with pytest.raises(AdapterUnavailable, match="deadlock detected"):
            store.run(work)
        assert work.calls == len(RETRY_PAUSES) + 1

    def test_inside_a_transaction_of_the_caller_nothing_is_tried_again(self, store: Store) -> None:
        work = Flaky(deadlock, times=1)
        with pytest.raises(AdapterUnavailable), transaction.atomic(using=store.alias):
            store.run(work)
        assert work.calls == 1

    def test_a_clash_inside_our_transaction_repeats_all_of_it(self, store: Store) -> None:
        inner, outer = Flaky(deadlock, times=1), []

        def work() -> str:
            outer.append(1)
            return store.run(inner)

        assert store.atomically(work) == "done"
        assert len(outer) == 2


class TestTrouble:
    @pytest.mark.line("RQ-058")
    @pytest.mark.parametrize("error", [OperationalError("server closed"), InterfaceError("closed")])
    def test_a_store_that_is_down_is_unavailable(self, store: Store, error: DatabaseError) -> None:
        with pytest.raises(
            AdapterUnavailable, match=r"DATABASES\['\w+'\].*closed.*migrate"
        ) as caught:
            store.run(Flaky(lambda: error, times=99))
        assert caught.value.__cause__ is error

    def test_missing_tables_are_told_with_the_remedy(self, store: Store) -> None:
        with pytest.raises(AdapterUnavailable, match=f"migrate --database={store.alias}"):
            store.run(lambda: store.rows("SELECT 1 FROM no_such_table"))

    def test_other_errors_are_raised_as_they_are(self, store: Store) -> None:
        def work() -> None:
            raise IntegrityError("twice")

        with pytest.raises(IntegrityError):
            store.run(work)

    @pytest.mark.line("RQ-046")
    @ONLY_POSTGRES
    def test_a_connection_that_was_cut_is_replaced_by_the_next_use(self, store: Store) -> None:
        cut_off(store)
        with pytest.raises(AdapterUnavailable):
            store.run(lambda: store.rows("SELECT 1"))
        assert store.run(lambda: store.rows("SELECT 1")) == [(1,)]

    @ONLY_POSTGRES
    def test_a_connection_with_a_transaction_of_the_caller_is_not_closed(
        self, store: Store
    ) -> None:
        with transaction.atomic(using=store.alias):
            inside = store.connection.connection
            with pytest.raises(AdapterUnavailable):
                store.run(Flaky(lambda: OperationalError("closed"), times=1))
            assert store.connection.connection is inside


def cut_off(store: Store) -> None:
    [(pid,)] = store.rows("SELECT pg_backend_pid()")
    killer = connections.create_connection(store.alias)
    with killer.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", (pid,))
    killer.close()


class TestTransactionsOfTheCaller:
    @pytest.mark.line("RQ-072")
    def test_a_rollback_takes_the_job_along(self, adapter: DatabaseAdapter, alias: str) -> None:
        with transaction.atomic(using=alias):
            adapter.enqueue(envelope(1))
            transaction.set_rollback(True, using=alias)
        assert Job.objects.using(alias).count() == 0

    @pytest.mark.line("RQ-077")
    def test_a_savepoint_takes_its_jobs_along(self, adapter: DatabaseAdapter, alias: str) -> None:
        with transaction.atomic(using=alias):
            kept = adapter.enqueue(envelope(1))
            with transaction.atomic(using=alias):
                adapter.enqueue_all([envelope(2), envelope(3)])
                transaction.set_rollback(True, using=alias)
        assert [str(job.pk) for job in Job.objects.using(alias)] == [kept]

    @ONLY_POSTGRES
    def test_a_job_is_seen_by_others_after_the_commit(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        other = connections.create_connection(alias)
        with transaction.atomic(using=alias):
            adapter.enqueue(envelope(1))
            assert count_through(other) == 0
        assert count_through(other) == 1
        other.close()


def count_through(connection: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM django_activejob_job")
        return cursor.fetchone()[0]
