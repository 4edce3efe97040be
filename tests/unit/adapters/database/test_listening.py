"""Word of new jobs: heard on PostgreSQL, and never needed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connections, transaction

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.doorbell import Doorbell
from django_activejob.adapters.database.store import Store
from django_activejob.contracts import Limit
from django_activejob.testing.contracts.furniture import Worker, envelope, run_chore
from tests.contracts.stores import ONLY_POSTGRES

LONG = 5.0  # seconds; no test waits for so long, unless it fails


@pytest.fixture
def bell(alias: str) -> Doorbell:
    bell = Doorbell(Store(alias, listen=True))
    bell.rest(0)
    return bell


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
        assert not bell.rest(LONG)
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
