"""How workers take jobs."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from django_activejob.contracts import Claim, QueueAdapter
from django_activejob.errors import ProcessPruned
from django_activejob.testing.contracts.furniture import (
    Worker,
    arguments,
    envelope,
    first_argument,
)


class SourceContract:
    """What every adapter with workers promises about ``claim``.

    Besides ``adapter`` it wants a fixture ``spoil``: a function that takes an adapter's id
    of a job and makes what the store holds for it unreadable.
    """

    @pytest.mark.line("RQ-182")
    def test_jobs_of_a_queue_come_first_in_first_out(self, adapter: QueueAdapter) -> None:
        for number in range(5):
            adapter.enqueue(envelope(number))
        assert arguments(Worker(adapter).claim()) == [0, 1, 2, 3, 4]

    @pytest.mark.line("RQ-182")
    @pytest.mark.line("AJ-332")
    def test_a_smaller_priority_is_sooner(self, adapter: QueueAdapter) -> None:
        if not adapter.supports_priority:
            pytest.skip("this adapter knows no priorities")
        for priority in (0, 32_767, -5, 100_000, -5):
            adapter.enqueue(envelope(priority, priority=priority))
        assert arguments(Worker(adapter).claim()) == [-5, -5, 0, 32_767, 100_000]

    @pytest.mark.line("AJ-321", "AJ-322")
    def test_jobs_of_queues_that_nobody_serves_stay(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1, queue_name="served"))
        adapter.enqueue(envelope(2, queue_name="elsewhere"))
        worker = Worker(adapter)
        assert arguments(worker.claim("served")) == [1]
        assert arguments(worker.claim("served")) == []
        assert arguments(worker.claim("elsewhere")) == [2]

    def test_no_more_than_the_limit_are_claimed(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([envelope(number) for number in range(5)])
        worker = Worker(adapter)
        assert arguments(worker.claim(limit=2)) == [0, 1]
        assert arguments(worker.claim(limit=2)) == [2, 3]

    @pytest.mark.line("RQ-179")
    @pytest.mark.parametrize(
        ("queues", "expected"),
        [
            (("b", "a"), ["b1", "b2", "a1"]),
            (("a",), ["a1"]),
            (("mail*",), ["mail1", "mailers1"]),
            (("b", "mail*"), ["b1", "b2", "mail1", "mailers1"]),
            (("b", "*"), ["b1", "b2", "a1", "mail1", "mailers1"]),
            (("unknown",), []),
            (("unknown*",), []),
            (("a", "a"), ["a1"]),
        ],
        ids=" ".join,
    )
    def test_queues_are_served_in_strict_order(
        self, adapter: QueueAdapter, queues: tuple[str, ...], expected: list[str]
    ) -> None:
        for text in ("a1", "mail1", "b1", "mailers1", "b2"):
            adapter.enqueue(envelope(text, queue_name=text.rstrip("12")))
        assert arguments(Worker(adapter).claim(*queues)) == expected

    def test_the_order_of_queues_comes_before_priority(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope("soon", queue_name="low", priority=-10))
        adapter.enqueue(envelope("first", queue_name="high", priority=10))
        assert arguments(Worker(adapter).claim("high", "low")) == ["first", "soon"]

    def test_a_claimed_job_is_not_claimed_again(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1))
        worker, other = Worker(adapter), Worker(adapter)
        worker.claim_one()
        assert worker.claim() == []
        assert other.claim() == []

    def test_tokens_differ_with_each_claim(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        first = worker.claim_one()
        worker.release(first)
        assert worker.claim_one().token != first.token

    @pytest.mark.line("RQ-059")
    def test_threads_that_claim_at_once_share_the_jobs(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([envelope(number) for number in range(200)])
        taken = _drained_by_threads(adapter, count=4)
        assert sorted(taken) == list(range(200))
        assert max(Counter(taken).values()) == 1

    @pytest.mark.line("RQ-012")
    def test_only_registered_processes_may_claim(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1))
        stranger = Worker(adapter, is_registered=False)
        with pytest.raises(ProcessPruned, match=stranger.id):
            stranger.claim()
        assert arguments(Worker(adapter).claim()) == [1]

    def test_a_claim_without_jobs_comes_back_within_two_seconds(
        self, adapter: QueueAdapter
    ) -> None:
        worker = Worker(adapter)
        quickest = _quickest(lambda: worker.source.claim(["*"], limit=1))
        assert quickest < 2.0

    def test_a_waiting_claim_finds_a_job_that_comes(self, adapter: QueueAdapter) -> None:
        worker = Worker(adapter)
        found: list[Claim] = []
        thread = threading.Thread(target=_claim_in_thread, args=(worker, found))
        thread.start()
        adapter.enqueue(envelope("new"))
        thread.join(timeout=60)
        assert arguments(found) == ["new"]

    def test_waking_ends_a_waiting_claim(self, adapter: QueueAdapter) -> None:
        worker = Worker(adapter)

        def claim_awake() -> Sequence[Claim]:
            worker.source.wake()
            return worker.source.claim(["*"], limit=1)

        assert _quickest(claim_awake) < 0.9

    def test_an_unreadable_job_is_claimed_with_the_reason(
        self, adapter: QueueAdapter, spoil: Callable[[str], None]
    ) -> None:
        id = adapter.enqueue(envelope(1))
        adapter.enqueue(envelope(2))
        spoil(str(id))
        worker = Worker(adapter)
        unreadable, readable = sorted(worker.claim(), key=lambda claim: claim.unreadable is None)
        assert unreadable.envelope is None
        assert unreadable.unreadable is not None
        assert unreadable.unreadable.class_name == "django_activejob.errors.MalformedPayload"
        assert first_argument(readable) == 2


def _quickest(claim: Callable[[], Sequence[Claim]]) -> float:
    """Seconds of the quickest of three empty claims: a busy machine slows one, not all."""
    return min(_seconds_of(claim) for _ in range(3))


def _seconds_of(claim: Callable[[], Sequence[Claim]]) -> float:
    began = time.monotonic()
    assert list(claim()) == []
    return time.monotonic() - began


def _claim_in_thread(worker: Worker, found: list[Claim]) -> None:
    try:
        found.extend(worker.source.claim(["*"], limit=1))
    finally:
        worker.source.close()


def _drained_by_threads(adapter: QueueAdapter, *, count: int) -> list[int]:
    workers = [Worker(adapter) for _ in range(count)]
    taken: list[list[int]] = [[] for _ in workers]
    threads = [
        threading.Thread(target=_drain, args=(worker, numbers))
        for worker, numbers in zip(workers, taken, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return [number for numbers in taken for number in numbers]


def _drain(worker: Worker, numbers: list[int]) -> None:
    try:
        while claims := worker.claim(limit=3):
            numbers.extend(arguments(claims))
            worker.finish(*claims)
    finally:
        worker.source.close()
