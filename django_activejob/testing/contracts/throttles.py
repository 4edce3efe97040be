"""How many jobs with one key start in a period."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from django_activejob.contracts import Envelope, JobQuery, Limit, QueueAdapter, Throttle
from django_activejob.testing.contracts.furniture import (
    Worker,
    arguments,
    envelope,
    later,
    unpacked,
    until,
)

TICK = 0.01  # seconds; the coarsest clock of a store, and more


class ThrottlesContract:
    """What every adapter that supports throttles promises."""

    def test_it_says_that_it_supports_them(self, adapter: QueueAdapter) -> None:
        assert adapter.supports_throttles

    @pytest.mark.line("RQ-143")
    def test_no_more_jobs_start_than_the_period_allows(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([throttled(number, to=2) for number in range(5)])
        worker = Worker(adapter)
        first = worker.claim()
        assert arguments(first) == [0, 1]
        worker.finish(*first)
        run_chores(adapter)
        assert worker.claim() == []

    def test_jobs_that_come_one_by_one_count_too(self, adapter: QueueAdapter) -> None:
        worker = Worker(adapter)
        for number in range(4):
            adapter.enqueue(throttled(number, to=2))
        assert arguments([*worker.claim(limit=1), *worker.claim(limit=5)]) == [0, 1]
        adapter.enqueue(throttled(4, to=2))
        assert worker.claim() == []

    def test_other_keys_are_not_held_back(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([throttled(1, key="a"), throttled(2, key="b"), envelope(3)])
        adapter.enqueue(throttled(4, key="a"))
        assert sorted(arguments(Worker(adapter).claim())) == [1, 2, 3]

    @pytest.mark.line("RQ-143")
    def test_the_others_start_in_the_next_periods_in_their_order(
        self, adapter: QueueAdapter
    ) -> None:
        adapter.enqueue_all([throttled(number, to=2, per=0.2) for number in range(6)])
        worker = Worker(adapter)
        began = time.monotonic()
        assert take(worker, adapter, count=6) == [0, 1, 2, 3, 4, 5]
        # Two whole periods lie between the first start and the last.
        assert time.monotonic() - began >= 2 * 0.2 - TICK

    def test_smaller_priorities_start_first_in_the_next_period(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(throttled("first", per=0.2))
        worker = Worker(adapter)
        worker.claim_one()
        adapter.enqueue(throttled("later", per=0.2, priority=5))
        adapter.enqueue(throttled("sooner", per=0.2, priority=-5))
        assert take(worker, adapter, count=1) == ["sooner"]

    @pytest.mark.line("RQ-143")
    def test_records_that_are_cleaned_away_still_count(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([throttled(1), throttled(2)])
        worker = Worker(adapter)
        worker.finish(worker.claim_one())
        inspector = adapter.inspector()
        if inspector is not None and "finished" in inspector.statuses:
            inspector.discard(JobQuery(status="finished"), limit=10)
        run_chores(adapter)
        assert worker.claim() == []

    def test_those_that_wait_are_seen_and_can_be_discarded(self, adapter: QueueAdapter) -> None:
        inspector = adapter.inspector()
        if inspector is None:
            pytest.skip("this adapter has no inspector")
        adapter.enqueue_all([throttled(number) for number in range(3)])
        worker = Worker(adapter)
        worker.finish(worker.claim_one())
        [status] = {job.status for job in waiting(adapter)}
        assert status in ("blocked", "scheduled")
        assert inspector.discard(JobQuery(status=status), limit=10).done == 2
        assert waiting(adapter) == []

    def test_a_retry_is_a_start_as_any_other(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(throttled(1))
        worker = Worker(adapter)
        assert worker.retry(worker.claim_one()) == []
        assert worker.claim() == []

    def test_a_retry_is_under_the_same_throttle(self, adapter: QueueAdapter) -> None:
        sent = throttled(1, to=2)
        adapter.enqueue(sent)
        worker = Worker(adapter)
        worker.retry(worker.claim_one())
        again = worker.claim_one()
        assert unpacked(again).throttle == sent.throttle
        worker.retry(again)
        assert worker.claim() == []

    def test_a_released_job_gives_its_place_back(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([throttled(1), throttled(2)])
        worker = Worker(adapter)
        worker.release(worker.claim_one())
        again = worker.claim_one()
        assert arguments([again]) == [1]
        worker.finish(again)
        assert worker.claim() == []

    def test_what_a_dead_process_had_not_started_gives_its_place_back(
        self, adapter: QueueAdapter
    ) -> None:
        adapter.enqueue_all([throttled(number, to=2, on_crash="fail") for number in range(4)])
        dead, heir = Worker(adapter), Worker(adapter)
        started, _not_started = dead.claim()
        dead.registry.bury(dead.id, reason="killed by SIGKILL", started=[started.token])
        assert arguments(heir.claim()) == [1]
        assert heir.claim() == []

    def test_a_scheduled_job_is_throttled_when_it_is_due(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(throttled("early", scheduled_at=later(0.05)))
        worker = Worker(adapter)
        assert take(worker, adapter, count=1) == ["early"]
        due = later(0.05)
        adapter.enqueue(throttled("late", scheduled_at=due))
        until(lambda: datetime.now(UTC) > due)
        run_chores(adapter)
        assert worker.claim() == []

    def test_a_changed_throttle_counts_from_the_next_job(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([throttled(number) for number in range(3)])
        worker = Worker(adapter)
        worker.claim_one()
        adapter.enqueue(throttled(3, to=3))
        run_chores(adapter)
        assert arguments(worker.claim()) == [1, 2]

    def test_a_limit_beside_it_is_kept_too(self, adapter: QueueAdapter) -> None:
        limit = Limit(key="shop/1", to=1, duration=180.0)
        adapter.enqueue_all([throttled(number, to=2, limit=limit) for number in range(4)])
        worker = Worker(adapter)
        first = worker.claim_one("*")
        assert worker.claim() == []
        worker.finish(first)
        second = worker.claim_one("*")
        assert arguments([first, second]) == [0, 1]
        worker.finish(second)
        run_chores(adapter)
        assert worker.claim() == []

    def test_under_both_all_of_them_run_in_the_end(self, adapter: QueueAdapter) -> None:
        limit = Limit(key="shop/1", to=1, duration=180.0)
        adapter.enqueue_all([throttled(n, to=2, per=0.1, limit=limit) for n in range(5)])
        # In which order: one that is turned away may be passed while a window ends.
        assert sorted(take(Worker(adapter), adapter, count=5)) == [0, 1, 2, 3, 4]

    @pytest.mark.line("RQ-143")
    def test_many_threads_never_start_too_many(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([throttled(number, to=7) for number in range(40)])
        found: list[int] = []
        threads = [
            threading.Thread(target=_claim_often, args=(adapter, found), daemon=True)
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sorted(found) == list(range(7))


def throttled(*values: Any, key: str = "mail", **changes: Any) -> Envelope:
    """A job of which one an hour may start, if nothing else is said."""
    names = ("to", "per")
    said = {name: changes.pop(name) for name in names if name in changes}
    throttle = Throttle(**{"key": key, "to": 1, "per": 3600.0, **said})
    return envelope(*values, throttle=throttle, **changes)


def run_chores(adapter: QueueAdapter) -> None:
    """All upkeep, once."""
    for chore in adapter.chores():
        chore.run()


def take(worker: Worker, adapter: QueueAdapter, *, count: int) -> list[Any]:
    """Claims and finishes jobs, as a worker beside its upkeep, until there were so many."""
    taken: list[Any] = []
    until(lambda: _take_more(worker, adapter, taken) >= count)
    return taken


def waiting(adapter: QueueAdapter) -> list[Any]:
    """The jobs that wait for their time, or for a place."""
    return _jobs(adapter, "blocked") + _jobs(adapter, "scheduled")


def _jobs(adapter: QueueAdapter, status: Any) -> list[Any]:
    inspector = adapter.inspector()
    assert inspector is not None
    return list(inspector.jobs(JobQuery(status=status)).jobs)


def _take_more(worker: Worker, adapter: QueueAdapter, taken: list[Any]) -> int:
    run_chores(adapter)
    for claim in worker.claim():
        taken += arguments([claim])
        worker.finish(claim)
    return len(taken)


def _claim_often(adapter: QueueAdapter, found: list[int]) -> None:
    worker = Worker(adapter)
    try:
        for _ in range(10):
            found += arguments(worker.claim(limit=3))
            run_chores(adapter)
    finally:
        worker.source.close()
