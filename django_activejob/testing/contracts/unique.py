"""For how long a job is the only one with its key."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from django_activejob.contracts import Envelope, JobQuery, Outcome, QueueAdapter, Unique
from django_activejob.errors import DuplicateJob
from django_activejob.testing.contracts.furniture import (
    Worker,
    arguments,
    ended,
    envelope,
    failed,
    later,
    run_chore,
    until,
)


class UniqueContract:
    """What every adapter that supports uniqueness promises."""

    def test_it_says_that_it_supports_it(self, adapter: QueueAdapter) -> None:
        assert adapter.supports_unique

    def test_a_second_job_with_the_key_is_refused(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(unique(1))
        with pytest.raises(DuplicateJob, match=r"another job holds the lock 'shop/1'"):
            adapter.enqueue(unique(2))
        assert arguments(Worker(adapter).claim()) == [1]

    def test_another_key_is_not_refused(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(unique(1))
        adapter.enqueue(unique(2, key="shop/2"))
        assert arguments(Worker(adapter).claim()) == [1, 2]

    def test_a_scheduled_job_holds_its_lock(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(unique(1, scheduled_at=later()))
        with pytest.raises(DuplicateJob):
            adapter.enqueue(unique(2))

    def test_in_bulk_the_first_of_a_key_is_taken(self, adapter: QueueAdapter) -> None:
        jobs = [unique(1, key="b"), unique(2, key="a"), envelope(3), unique(4, key="b")]
        receipts = adapter.enqueue_all(jobs)
        assert [type(receipt.error) for receipt in receipts] == [type(None)] * 3 + [DuplicateJob]
        assert arguments(Worker(adapter).claim()) == [1, 2, 3]

    def test_of_many_threads_one_gets_the_lock(self, adapter: QueueAdapter) -> None:
        accepted: list[int] = []
        threads = [
            threading.Thread(target=_try, args=(adapter, number, accepted)) for number in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert len(accepted) == 1
        assert arguments(Worker(adapter).claim()) == accepted

    @pytest.mark.line("RQ-144")
    def test_until_start_it_ends_with_the_claim(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(unique(1, until="start"))
        worker = Worker(adapter)
        worker.claim_one()
        adapter.enqueue(unique(2, until="start"))
        assert arguments(worker.claim()) == [2]

    @pytest.mark.line("RQ-144")
    @pytest.mark.parametrize("outcome", [Outcome.PERFORMED, Outcome.DISCARDED, Outcome.FAILED])
    def test_until_finish_it_ends_with_the_job(
        self, adapter: QueueAdapter, outcome: Outcome
    ) -> None:
        adapter.enqueue(unique(1))
        worker = Worker(adapter)
        claim = worker.claim_one()
        with pytest.raises(DuplicateJob):
            adapter.enqueue(unique(2))
        execution = failed() if outcome is Outcome.FAILED else ended(outcome)
        worker.settle(claim, execution=execution)
        assert adapter.enqueue(unique(3)) is not None

    def test_until_finish_it_lasts_through_retries(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(unique(1))
        worker = Worker(adapter)
        assert worker.retry(worker.claim_one()) == []
        with pytest.raises(DuplicateJob):
            adapter.enqueue(unique(2))
        assert arguments(worker.claim()) == [1]

    def test_a_retry_that_is_enqueued_is_not_refused(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(unique(1))
        again = unique("again")
        again.payload["executions"] = 1
        adapter.enqueue(again)
        assert arguments(Worker(adapter).claim()) == [1, "again"]

    def test_until_expiry_the_end_of_the_job_does_not_matter(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(unique(1, until="expiry"))
        worker = Worker(adapter)
        worker.finish(worker.claim_one())
        with pytest.raises(DuplicateJob):
            adapter.enqueue(unique(2, until="expiry"))

    def test_a_lock_that_has_expired_is_taken_over(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(unique(1, seconds=0.05))
        until(lambda: _is_accepted(adapter, unique(2)))
        worker = Worker(adapter)
        first, _ = worker.claim()
        worker.finish(first)
        with pytest.raises(DuplicateJob):
            adapter.enqueue(unique(3))

    @pytest.mark.line("RQ-144")
    def test_a_job_that_fails_by_a_crash_frees_its_lock(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(unique(1, on_crash="fail"))
        dead = Worker(adapter)
        claim = dead.claim_one()
        dead.registry.bury(dead.id, reason="killed by SIGKILL", started=[claim.token])
        assert adapter.enqueue(unique(2)) is not None

    def test_upkeep_drops_what_has_expired(self, adapter: QueueAdapter) -> None:
        if "clear_locks" not in {chore.name for chore in adapter.chores()}:
            pytest.skip("the store of this adapter drops what has expired by itself")
        adapter.enqueue(unique(1, seconds=0.05))
        adapter.enqueue(unique(2, key="lasting"))
        assert until(lambda: run_chore(adapter, "clear_locks")) == 1

    def test_a_job_that_is_dropped_by_hand_frees_its_lock(self, adapter: QueueAdapter) -> None:
        inspector = adapter.inspector()
        if inspector is None:
            pytest.skip("nobody can drop a job of this adapter by hand")
        id = adapter.enqueue(unique(1))
        inspector.discard(JobQuery(ids=(str(id),)), limit=10)
        assert adapter.enqueue(unique(2)) is not None


def unique(
    *values: Any, key: str = "shop/1", seconds: float = 60.0, until: Any = "finish", **changes: Any
) -> Envelope:
    """A job that is to be the only one with its key."""
    return envelope(*values, unique=Unique(key=key, seconds=seconds, until=until), **changes)


def _is_accepted(adapter: QueueAdapter, job: Envelope) -> bool:
    try:
        adapter.enqueue(job)
    except DuplicateJob:
        return False
    return True


def _try(adapter: QueueAdapter, number: int, accepted: list[int]) -> None:
    try:
        if _is_accepted(adapter, unique(number)):
            accepted.append(number)
    finally:
        adapter.close()
