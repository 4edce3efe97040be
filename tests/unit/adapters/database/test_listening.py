"""Word of new jobs: heard on PostgreSQL, and never needed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from unittest.mock import Mock

import pytest
from django.db import connections, transaction

from django_activejob.adapters.database import DatabaseAdapter, doorbell
from django_activejob.adapters.database.doorbell import Doorbell
from django_activejob.adapters.database.store import Store
from django_activejob.contracts import JobQuery, Limit
from django_activejob.testing.contracts.furniture import (
    Worker,
    envelope,
    failed,
    later,
    run_chore,
)
from tests.contracts.stores import ONLY_POSTGRES, SQLITE
from tests.waiting import until

LONG = 5.0  # seconds; no test waits for so long, unless it fails


@pytest.fixture
def bell(alias: str) -> Iterator[Doorbell]:
    bell = Doorbell(Store(alias, listen=True))
    bell.rest(0)
    yield bell
    bell.hang_up()


def seconds_of(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


class TestRinging:
    def test_a_ring_ends_the_rest(self, bell: Doorbell) -> None:
        threading.Timer(0.01, bell.ring).start()
        assert bell.rest(LONG)

    def test_many_rings_are_one(self, bell: Doorbell) -> None:
        for _ in range(100_000):
            bell.ring()
        assert [bell.rest(0) for _ in range(3)][-1] is False

    def test_without_a_ring_the_rest_ends_by_itself(self, bell: Doorbell) -> None:
        assert not bell.rest(0.01)


@ONLY_POSTGRES
class TestWordOfNewJobs:
    @pytest.mark.parametrize("number", [1, 3])
    def test_an_enqueue_ends_the_rest(
        self, adapter: DatabaseAdapter, bell: Doorbell, number: int
    ) -> None:
        adapter.enqueue_all([envelope(each) for each in range(number)])
        assert seconds_of(lambda: bell.rest(LONG)) < LONG / 2
        assert seconds_of(lambda: bell.rest(0.05)) >= 0.05

    def test_it_comes_with_the_commit(
        self, adapter: DatabaseAdapter, bell: Doorbell, alias: str
    ) -> None:
        with transaction.atomic(using=alias):
            adapter.enqueue(envelope(1))
            assert seconds_of(lambda: bell.rest(0.05)) >= 0.05
        assert seconds_of(lambda: bell.rest(LONG)) < LONG / 2

    def test_a_dispatch_ends_the_rest(
        self, adapter: DatabaseAdapter, bell: Doorbell, hasten_by_hand: Callable[[], None]
    ) -> None:
        hasten_by_hand()
        bell.rest(0.2)  # hears of the enqueue
        assert seconds_of(lambda: bell.rest(0.05)) >= 0.05
        assert run_chore(adapter, "dispatch") == 1
        assert seconds_of(lambda: bell.rest(LONG)) < LONG / 2

    def test_a_release_a_retry_and_a_departure_end_the_rest(
        self, adapter: DatabaseAdapter, bell: Doorbell
    ) -> None:
        worker = Worker(adapter)
        adapter.enqueue(envelope(1))
        for give_back in (
            worker.release,
            worker.retry,
            lambda _: worker.registry.deregister(worker.id),
        ):
            claim = worker.claim_one()
            bell.rest(0.2)  # hears of what came before
            assert seconds_of(lambda: bell.rest(0.05)) >= 0.05
            give_back(claim)
            assert seconds_of(lambda: bell.rest(LONG)) < LONG / 2

    def test_an_operator_ends_the_rest(self, adapter: DatabaseAdapter, bell: Doorbell) -> None:
        inspector, worker = adapter.inspector(), Worker(adapter)
        adapter.enqueue(envelope(1))
        worker.settle(worker.claim_one(), execution=failed())
        adapter.enqueue(envelope(2, scheduled_at=later()))
        inspector.pause("default")
        for repair in (
            lambda: inspector.retry(JobQuery(status="failed"), limit=10),
            lambda: inspector.dispatch(JobQuery(status="scheduled"), limit=10),
            lambda: inspector.resume("default"),
        ):
            bell.rest(0.2)
            assert seconds_of(lambda: bell.rest(0.05)) >= 0.05
            repair()
            assert seconds_of(lambda: bell.rest(LONG)) < LONG / 2

    def test_a_permit_ends_the_rest(self, adapter: DatabaseAdapter, bell: Doorbell) -> None:
        limit = Limit(key="k", to=1, duration=180.0)
        adapter.enqueue_all([envelope(1, limit=limit), envelope(2, limit=limit)])
        assert seconds_of(lambda: bell.rest(LONG)) < LONG / 2
        worker = Worker(adapter)
        claim = worker.claim_one()
        bell.rest(0.2)  # hears of what is left
        assert seconds_of(lambda: bell.rest(0.05)) >= 0.05
        worker.finish(claim)
        assert seconds_of(lambda: bell.rest(LONG)) < LONG / 2

    def test_a_line_is_proven_when_something_was_heard_on_it(
        self, adapter: DatabaseAdapter, bell: Doorbell
    ) -> None:
        assert not bell.is_proven
        adapter.enqueue(envelope(1))
        bell.rest(LONG)
        assert bell.is_proven

    def test_nobody_is_told_when_the_option_says_so(self, alias: str, bell: Doorbell) -> None:
        DatabaseAdapter(using=alias, listen=False).enqueue(envelope(1))
        assert seconds_of(lambda: bell.rest(0.05)) >= 0.05

    def test_a_line_that_breaks_is_given_up_in_silence(
        self, adapter: DatabaseAdapter, bell: Doorbell, alias: str
    ) -> None:
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE query LIKE 'LISTEN%%' AND datname = current_database()"
            )
        bell._has_heard = True
        assert not bell.rest(LONG)
        # What the server says before it hangs up ends a rest of its own.
        until(lambda: not bell.rest(0.05) and not bell.is_proven)
        assert not bell.rest(0.01)
        bell.hang_up()

    @pytest.fixture
    def hasten_by_hand(self, adapter: DatabaseAdapter, alias: str) -> Callable[[], None]:
        def hasten() -> None:
            with connections[alias].cursor() as cursor:
                adapter.enqueue(envelope(1))
                cursor.execute(
                    "UPDATE django_activejob_job SET state = 'scheduled', "
                    "scheduled_at = statement_timestamp()"
                )

        return hasten


@pytest.mark.parametrize("alias", [SQLITE], indirect=True)
class TestWordOfWrites:
    def test_what_another_connection_writes_ends_the_rest(
        self, adapter: DatabaseAdapter, bell: Doorbell
    ) -> None:
        assert not bell.rest(0.05)
        assert not bell.is_proven
        elsewhere(lambda: adapter.enqueue(envelope(1)))
        assert seconds_of(lambda: bell.rest(LONG)) < LONG / 2
        assert bell.is_proven
        assert seconds_of(lambda: bell.rest(0.05)) >= 0.05

    def test_a_ring_ends_it_too(self, bell: Doorbell) -> None:
        bell.ring()
        assert bell.rest(LONG)

    def test_nobody_asks_when_the_option_says_so(self, alias: str) -> None:
        bell = Doorbell(Store(alias, listen=False))
        bell.rest(0)
        elsewhere(lambda: DatabaseAdapter(using=alias).enqueue(envelope(1)))
        assert seconds_of(lambda: bell.rest(0.05)) >= 0.05

    def test_what_cannot_be_asked_is_left_to_the_next_look(
        self, bell: Doorbell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bell._watch, "_version_now", Mock(side_effect=OSError("gone")))
        bell._has_heard = True
        assert not bell.rest(0.05)
        assert not bell.is_proven


def elsewhere(work: Callable[[], object]) -> None:
    """Does something in another thread, which has a connection of its own."""

    def there() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=there)
    thread.start()
    thread.join()


@ONLY_POSTGRES
class TestRedialing:
    @pytest.mark.line("RQ-056")
    def test_after_a_while_it_listens_again(
        self, adapter: DatabaseAdapter, alias: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(doorbell, "REDIAL_AFTER", 0.3)
        bell = Doorbell(Store(alias, listen=True))
        bell.rest(0)
        cut_lines(alias)
        until(lambda: listeners(alias) == 0)
        until(lambda: bell.rest(0.05) is False and listeners(alias) == 1)
        adapter.enqueue(envelope(2))
        assert seconds_of(lambda: bell.rest(LONG)) < LONG / 2
        bell.hang_up()

    @pytest.mark.line("RQ-056")
    def test_meanwhile_jobs_are_found_by_looking(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        worker = Worker(adapter)
        assert worker.claim() == []
        cut_lines(alias)
        adapter.enqueue(envelope(1))
        assert len(worker.source.claim(["*"], limit=1)) == 1
        worker.source.close()

    @pytest.mark.line("RQ-070")
    def test_many_that_hear_of_one_job_do_not_look_at_the_same_moment(
        self, adapter: DatabaseAdapter, alias: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bells = [Doorbell(Store(alias, listen=True)) for _ in range(8)]
        for bell in bells:
            bell.rest(0)
        adapter.enqueue(envelope(1))
        pauses: list[float] = []
        monkeypatch.setattr("time.sleep", pauses.append)
        for bell in bells:
            assert not bell.rest(LONG)
            bell.hang_up()
        assert len(set(pauses)) == 8
        assert all(0 <= pause <= doorbell.LONGEST_JITTER for pause in pauses)

    @pytest.mark.line("RQ-070")
    def test_a_burst_of_jobs_is_few_looks(self, adapter: DatabaseAdapter, bell: Doorbell) -> None:
        for number in range(20):
            adapter.enqueue(envelope(number))
        looks = 0
        while seconds_of(lambda: bell.rest(0.2)) < 0.2:
            looks += 1
        # Mostly one; the word of the last jobs may still be on its way at the first.
        assert 1 <= looks <= 3


def cut_lines(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE query LIKE 'LISTEN%%' AND datname = current_database()"
        )


def listeners(alias: str) -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity "
            "WHERE query LIKE 'LISTEN%%' AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])
