"""How many jobs with one key run at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from django_activejob.contracts import Envelope, Inspector, JobQuery, Limit, Outcome, QueueAdapter
from django_activejob.errors import ConcurrencyConflict
from django_activejob.testing.contracts.furniture import (
    Worker,
    arguments,
    ended,
    envelope,
    failed,
    later,
    run_chore,
    unpacked,
    until,
)


class LimitsContract:
    """What every adapter that supports limits promises."""

    def test_it_says_that_it_supports_them(self, adapter: QueueAdapter) -> None:
        assert adapter.supports_limits

    def test_no_more_jobs_than_the_limit_run_at_once(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([limited(number, to=2) for number in range(5)])
        worker = Worker(adapter)
        first = worker.claim()
        assert arguments(first) == [0, 1]
        worker.finish(first[0])
        assert arguments(worker.claim()) == [2]

    def test_other_keys_are_not_held_back(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([limited(1, key="a"), limited(2, key="b"), envelope(3)])
        assert arguments(Worker(adapter).claim()) == [1, 2, 3]

    @pytest.mark.line("RQ-130", "RQ-132")
    def test_many_threads_never_run_two_of_one_key_and_run_all(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([limited(number) for number in range(20)])
        done = _run_in_threads(adapter, threads=4, jobs=40, more=20)
        assert sorted(done.numbers) == list(range(40))
        assert done.most_at_once == 1

    @pytest.mark.parametrize("outcome", [Outcome.PERFORMED, Outcome.DISCARDED, Outcome.FAILED])
    def test_every_end_gives_the_permit_back(self, adapter: QueueAdapter, outcome: Outcome) -> None:
        adapter.enqueue_all([limited(1), limited(2)])
        worker = Worker(adapter)
        execution = failed() if outcome is Outcome.FAILED else ended(outcome)
        worker.settle(worker.claim_one(), execution=execution)
        assert arguments(worker.claim()) == [2]

    def test_a_released_job_keeps_its_permit(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([limited(1), limited(2)])
        worker = Worker(adapter)
        worker.release(worker.claim_one())
        assert arguments(worker.claim()) == [1]

    @pytest.mark.line("RQ-133")
    def test_a_permit_that_is_given_back_twice_is_still_one(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([limited(number) for number in range(4)])
        worker = Worker(adapter)
        claim = worker.claim_one()
        worker.finish(claim)
        assert worker.finish(claim) == [claim.token]
        assert arguments(worker.claim()) == [1]

    @pytest.mark.line("RQ-131")
    def test_a_dead_process_gives_its_permits_back(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([limited(1, on_crash="fail"), limited(2)])
        dead, heir = Worker(adapter), Worker(adapter)
        claim = dead.claim_one()
        assert heir.claim() == []
        dead.registry.bury(dead.id, reason="killed by SIGKILL", started=[claim.token])
        assert arguments(heir.claim()) == [2]

    @pytest.mark.line("RQ-140")
    def test_a_retry_that_waits_gives_its_permit_up(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([limited(1), limited(2)])
        worker = Worker(adapter)
        worker.retry(worker.claim_one(), scheduled_at=later(0.05))
        second = worker.claim_one()
        until(lambda: run_chore(adapter, "dispatch"))
        assert worker.claim() == []
        worker.finish(second)
        assert arguments(worker.claim()) == [1]

    @pytest.mark.line("RQ-121")
    @pytest.mark.parametrize("on_conflict", ["block", "discard"])
    def test_a_retry_at_once_keeps_its_permit(
        self, adapter: QueueAdapter, on_conflict: Any
    ) -> None:
        adapter.enqueue(limited(1, on_conflict=on_conflict))
        worker = Worker(adapter)
        claim = worker.claim_one()
        adapter.enqueue(limited(2))
        assert worker.retry(claim) == []
        assert arguments(worker.claim()) == [1]

    def test_a_scheduled_job_takes_its_permit_when_it_is_due(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(limited("early", scheduled_at=later(0.05)))
        worker = Worker(adapter)
        adapter.enqueue(limited("first"))
        first = worker.claim_one()
        until(lambda: run_chore(adapter, "dispatch"))
        assert arguments([first]) == ["first"]
        assert worker.claim() == []
        worker.finish(first)
        assert arguments(worker.claim()) == ["early"]

    @pytest.mark.line("RQ-134")
    def test_a_job_that_runs_for_too_long_no_longer_counts(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([limited(number, duration=0.05) for number in range(3)])
        worker = Worker(adapter)
        first = worker.claim_one()
        until(lambda: run_chore(adapter, "unblock"))
        second = worker.claim_one()
        assert arguments([first, second]) == [0, 1]

    @pytest.mark.line("RQ-136")
    @pytest.mark.parametrize(("before", "after", "room"), [(1, 3, 2), (3, 1, 0)])
    def test_a_changed_limit_counts_from_the_next_job(
        self, adapter: QueueAdapter, before: int, after: int, room: int
    ) -> None:
        adapter.enqueue(limited("running", to=before))
        worker = Worker(adapter)
        worker.claim_one()
        adapter.enqueue_all([limited(number, to=after) for number in range(4)])
        assert len(worker.claim()) == room

    def test_smaller_priorities_are_admitted_first(self, adapter: QueueAdapter) -> None:
        if not adapter.supports_priority:
            pytest.skip("this adapter knows no priorities")
        adapter.enqueue(limited("running"))
        adapter.enqueue(limited("later", priority=5))
        adapter.enqueue(limited("sooner", priority=-5))
        worker = Worker(adapter)
        worker.finish(worker.claim_one())
        assert arguments(worker.claim()) == ["sooner"]

    @pytest.mark.line("RQ-139")
    def test_discard_refuses_a_job_without_room(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(limited(1, on_conflict="discard"))
        with pytest.raises(ConcurrencyConflict, match=r"1 with the key 'shop/1' run or wait"):
            adapter.enqueue(limited(2, on_conflict="discard"))
        worker = Worker(adapter)
        claims = worker.claim()
        assert arguments(claims) == [1]
        worker.finish(*claims)
        assert worker.claim() == []
        assert adapter.enqueue(limited(3, on_conflict="discard")) is not None

    @pytest.mark.line("RQ-139")
    def test_discard_in_bulk_refuses_what_is_too_much(self, adapter: QueueAdapter) -> None:
        jobs = [limited(number, to=2, on_conflict="discard") for number in range(4)]
        receipts = adapter.enqueue_all(jobs)
        errors = [type(receipt.error) for receipt in receipts]
        assert errors == [type(None)] * 2 + [ConcurrencyConflict] * 2
        assert arguments(Worker(adapter).claim()) == [0, 1]

    def test_a_retry_is_never_discarded(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(limited(1))
        again = envelope("again", limit=_limit(on_conflict="discard"))
        again.payload["executions"] = 1
        adapter.enqueue(again)
        worker = Worker(adapter)
        worker.finish(worker.claim_one())
        assert arguments(worker.claim()) == ["again"]


class LimitsInspectorContract:
    """What adapters with limits and an inspector promise."""

    @pytest.mark.line("RQ-141")
    def test_run_now_does_not_wait_for_the_limit(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([limited(1), limited(2), limited(3)])
        inspector = _inspector(adapter)
        blocked = inspector.jobs(JobQuery(status="blocked")).jobs
        assert [job.status for job in blocked] == ["blocked", "blocked"]
        assert inspector.dispatch(JobQuery(ids=(blocked[0].id,)), limit=10).done == 1
        assert arguments(Worker(adapter).claim()) == [1, 2]

    @pytest.mark.line("RQ-141")
    def test_discarding_a_blocked_job_frees_no_permit(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([limited(1), limited(2), limited(3)])
        inspector = _inspector(adapter)
        blocked = inspector.jobs(JobQuery(status="blocked")).jobs
        assert inspector.discard(JobQuery(ids=(blocked[0].id,)), limit=10).done == 1
        worker = Worker(adapter)
        [only] = worker.claim()
        worker.finish(only)
        assert arguments(worker.claim()) == [3]

    def test_discarding_a_ready_job_frees_its_permit(self, adapter: QueueAdapter) -> None:
        id = adapter.enqueue(limited(1))
        adapter.enqueue(limited(2))
        inspector = _inspector(adapter)
        assert inspector.discard(JobQuery(ids=(str(id),)), limit=10).done == 1
        assert arguments(Worker(adapter).claim()) == [2]

    def test_a_failed_job_that_is_retried_waits_for_a_permit(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(limited(1))
        worker = Worker(adapter)
        worker.settle(worker.claim_one(), execution=failed())
        adapter.enqueue(limited(2))
        inspector = _inspector(adapter)
        assert inspector.retry(JobQuery(status="failed"), limit=10).done == 1
        second = worker.claim()
        assert arguments(second) == [2]
        worker.finish(*second)
        assert arguments(worker.claim()) == [1]

    def test_a_semaphore_tells_its_limit_its_holders_and_who_waits(
        self, adapter: QueueAdapter
    ) -> None:
        adapter.enqueue_all([limited(number, to=2, duration=600.0) for number in range(5)])
        claim = Worker(adapter).claim_one()
        [semaphore] = _inspector(adapter).semaphores().semaphores
        assert (semaphore.key, semaphore.limit, semaphore.duration) == ("shop/1", 2, 600.0)
        assert (semaphore.holders, semaphore.blocked) == (2, 3)
        assert semaphore.oldest_blocked_at is not None
        assert semaphore.expires_at is not None
        wait = semaphore.expires_at - semaphore.oldest_blocked_at
        assert 590 < wait.total_seconds() < 660
        holders = _inspector(adapter).holders("shop/1")
        first = unpacked(claim).payload["job_id"]
        assert [(job.job_id == first, job.status) for job in holders] == [
            (True, "running"),
            (False, "ready"),
        ]

    def test_what_nobody_runs_does_not_expire(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(limited(1))
        [semaphore] = _inspector(adapter).semaphores().semaphores
        assert (semaphore.holders, semaphore.expires_at) == (1, None)
        assert semaphore.oldest_blocked_at is None

    def test_a_holder_over_its_duration_is_none(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(limited(1, duration=0.05))
        Worker(adapter).claim_one()
        inspector = _inspector(adapter)
        until(lambda: inspector.semaphores().semaphores[0].holders == 0)
        assert list(inspector.holders("shop/1")) == []

    def test_semaphores_come_in_pages_by_key(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([limited(number, key=f"shop/{number}") for number in range(5)])
        inspector = _inspector(adapter)
        first = inspector.semaphores(limit=3)
        rest = inspector.semaphores(cursor=first.next_cursor, limit=3)
        keys = [each.key for each in (*first.semaphores, *rest.semaphores)]
        assert keys == [f"shop/{number}" for number in range(5)]
        assert rest.next_cursor is None

    @pytest.mark.parametrize("key", ["", "nobody's", "a\0b"])
    def test_a_key_that_is_not_used_has_no_holders(self, adapter: QueueAdapter, key: str) -> None:
        adapter.enqueue(envelope(1))
        Worker(adapter).claim_one()
        assert list(_inspector(adapter).holders(key)) == []
        assert _inspector(adapter).release(key).done == 0

    def test_a_holder_that_is_released_lets_the_next_job_run(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([limited(number, to=2) for number in range(4)])
        worker = Worker(adapter)
        worker.claim()
        inspector = _inspector(adapter)
        hung = inspector.holders("shop/1")[0]
        assert inspector.release("shop/1", holder=hung.id).done == 1
        assert inspector.release("shop/1", holder=hung.id).skipped == 1
        assert arguments(worker.claim()) == [2]
        assert worker.claim() == []

    def test_release_lets_go_of_all_that_run(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([limited(number, to=2) for number in range(5)])
        worker = Worker(adapter)
        first = worker.claim()
        assert _inspector(adapter).release("shop/1").done == 2
        second = worker.claim()
        assert arguments(second) == [2, 3]
        # The end of a job whose permit was taken away makes no room for another one.
        assert worker.finish(*first) == []
        assert worker.claim() == []
        worker.finish(*second)
        assert arguments(worker.claim()) == [4]

    @pytest.mark.parametrize("holder", ["", "0", "none", "9" * 40])
    def test_a_holder_of_nobody_is_skipped(self, adapter: QueueAdapter, holder: str) -> None:
        adapter.enqueue(limited(1))
        Worker(adapter).claim_one()
        released = _inspector(adapter).release("shop/1", holder=holder)
        assert (released.done, released.skipped) == (0, 1)
        assert len(_inspector(adapter).holders("shop/1")) == 1


def _inspector(adapter: QueueAdapter) -> Inspector:
    inspector = adapter.inspector()
    assert inspector is not None
    return inspector


def limited(*values: Any, key: str = "shop/1", **changes: Any) -> Envelope:
    """A job under a limit of one, if nothing else is said."""
    names = ("to", "duration", "on_conflict")
    said = {name: changes.pop(name) for name in names if name in changes}
    return envelope(*values, limit=_limit(key=key, **said), **changes)


def _limit(**changes: Any) -> Limit:
    return Limit(**{"key": "shop/1", "to": 1, "duration": 180.0, **changes})


class _Done:
    """What the threads have run; the lock guards both numbers."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.most_at_once = 0
        self._running = 0
        self._lock = threading.Lock()

    def begin(self) -> None:
        """One more runs."""
        with self._lock:
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)

    def end(self, number: int) -> None:
        """One has run."""
        with self._lock:
            self._running -= 1
            self.numbers.append(number)


def _run_in_threads(adapter: QueueAdapter, *, threads: int, jobs: int, more: int) -> _Done:
    done = _Done()
    workers = [
        threading.Thread(target=_work, args=(adapter, done, jobs), daemon=True)
        for _ in range(threads)
    ]
    for worker in workers:
        worker.start()
    for number in range(jobs - more, jobs):
        adapter.enqueue(limited(number))
    for worker in workers:
        worker.join(30)
    return done


def _work(adapter: QueueAdapter, done: _Done, jobs: int) -> None:
    worker = Worker(adapter)
    try:
        until(lambda: _work_once(worker, done, jobs))
    finally:
        worker.source.close()


def _work_once(worker: Worker, done: _Done, jobs: int) -> bool:
    claims = worker.claim(limit=2)
    for _ in claims:
        done.begin()
    for claim in claims:
        done.end(arguments([claim])[0])
        worker.finish(claim)
    return len(done.numbers) >= jobs
