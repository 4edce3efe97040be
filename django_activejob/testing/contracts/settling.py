"""How claims end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from django_activejob.contracts import (
    Claim,
    ErrorRecord,
    Execution,
    Outcome,
    QueueAdapter,
    Settlement,
)
from django_activejob.testing.contracts.furniture import (
    Worker,
    arguments,
    ended,
    envelope,
    failed,
    later,
    retried,
    run_chore,
    unpacked,
)


class SettlingContract:
    """What every adapter with workers promises about ``settle``."""

    @pytest.mark.parametrize("outcome", [Outcome.PERFORMED, Outcome.DISCARDED])
    def test_what_ended_does_not_come_back(self, adapter: QueueAdapter, outcome: Outcome) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        assert worker.settle(worker.claim_one(), execution=ended(outcome)) == []
        assert worker.claim() == []

    def test_a_failed_job_does_not_come_back(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        assert worker.settle(worker.claim_one(), execution=failed()) == []
        assert worker.claim() == []

    @pytest.mark.line("RQ-024")
    def test_a_released_job_keeps_its_place(self, adapter: QueueAdapter) -> None:
        for number in range(3):
            adapter.enqueue(envelope(number))
        worker = Worker(adapter)
        claim = worker.claim_one()
        assert worker.release(claim) == []
        again = worker.claim()
        assert arguments(again) == [0, 1, 2]
        assert unpacked(again[0]) == unpacked(claim)

    @pytest.mark.line("RQ-120")
    def test_a_retry_takes_the_place_of_its_job(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope("again"))
        worker = Worker(adapter)
        claim = worker.claim_one()
        assert worker.retry(claim) == []
        [second] = worker.claim()
        before, after = unpacked(claim).payload, unpacked(second).payload
        assert after["job_id"] == before["job_id"]
        assert (before["executions"], after["executions"]) == (0, 1)

    def test_a_retry_may_go_to_another_queue_and_priority(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope("again"))
        worker = Worker(adapter)
        worker.retry(worker.claim_one(), queue_name="slow", priority=3)
        assert worker.claim("default") == []
        again = unpacked(worker.claim_one("slow"))
        assert (again.queue_name, again.priority) == ("slow", 3)

    def test_a_retry_may_wait(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope("again"))
        worker = Worker(adapter)
        worker.retry(worker.claim_one(), scheduled_at=later())
        run_chore(adapter, "dispatch")
        assert worker.claim() == []

    def test_a_retry_keeps_what_routes_it(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1, on_crash="fail", batch_id="b", extra={"tags": ["x"]}))
        worker = Worker(adapter)
        worker.retry(worker.claim_one())
        again = unpacked(worker.claim_one())
        assert (again.on_crash, again.batch_id, again.extra) == ("fail", "b", {"tags": ["x"]})

    def test_an_interrupted_job_comes_back_as_its_retry_says(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope("steps"))
        worker = Worker(adapter)
        claim = worker.claim_one()
        before = unpacked(claim)
        progress = {**before.payload, "continuation": {"completed": ["one"]}, "resumptions": 1}
        retry = retried(claim, payload=progress)
        worker.settle(claim, execution=ended(Outcome.INTERRUPTED, retry=retry))
        again = unpacked(worker.claim_one()).payload
        assert again["continuation"] == {"completed": ["one"]}
        assert again["resumptions"] == 1

    def test_many_ends_are_written_together(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([envelope(number) for number in range(5)])
        worker = Worker(adapter)
        claims = worker.claim()
        retry = ended(Outcome.RETRIED, retry=retried(claims[2]))
        executions = [ended(Outcome.PERFORMED), failed(), retry, None, ended(Outcome.DISCARDED)]
        ends = [
            Settlement(claim=claim, execution=execution)
            for claim, execution in zip(claims, executions, strict=True)
        ]
        assert list(worker.source.settle(ends)) == []
        assert sorted(arguments(worker.claim())) == [2, 3]

    def test_nothing_is_settled_with_nothing_lost(self, adapter: QueueAdapter) -> None:
        assert list(Worker(adapter).source.settle([])) == []

    @pytest.mark.line("RQ-008")
    @pytest.mark.parametrize("execution", [ended(Outcome.PERFORMED), failed(), None], ids=str)
    def test_a_process_that_was_buried_settles_nothing(
        self, adapter: QueueAdapter, execution: Execution | None
    ) -> None:
        adapter.enqueue(envelope(1))
        buried, heir = Worker(adapter), Worker(adapter)
        claim = buried.claim_one()
        buried.registry.bury(buried.id, reason="killed by SIGKILL", started=[])
        held = heir.claim_one()
        assert buried.settle(claim, execution=execution) == [claim.token]
        assert heir.finish(held) == []

    @pytest.mark.line("RQ-008")
    def test_a_late_retry_of_a_buried_process_makes_no_second_job(
        self, adapter: QueueAdapter
    ) -> None:
        adapter.enqueue(envelope(1))
        buried, heir = Worker(adapter), Worker(adapter)
        claim = buried.claim_one()
        buried.registry.bury(buried.id, reason="silent", started=[])
        assert buried.retry(claim) == [claim.token]
        assert len(heir.claim()) == 1

    @pytest.mark.line("RQ-042")
    def test_settling_twice_loses_the_token_and_changes_nothing(
        self, adapter: QueueAdapter
    ) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        claim = worker.claim_one()
        worker.finish(claim)
        assert worker.finish(claim) == [claim.token]
        assert worker.release(claim) == [claim.token]
        assert worker.claim() == []

    @pytest.mark.line("RQ-008")
    def test_an_old_claim_of_the_same_process_settles_nothing(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        old = worker.claim_one()
        worker.release(old)
        new = worker.claim_one()
        assert worker.finish(old) == [old.token]
        assert worker.finish(new) == []

    def test_lost_claims_do_not_keep_others_from_settling(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([envelope(1), envelope(2)])
        worker = Worker(adapter)
        lost, kept = worker.claim()
        worker.finish(lost)
        assert worker.settle(lost, kept, execution=failed()) == [lost.token]
        assert worker.finish(kept) == [kept.token]

    @pytest.mark.parametrize("token", ["", "of nobody", "1", ":", "1:x", "½:1", "7:-1", "0:0"])
    def test_a_token_of_nobody_is_lost(self, adapter: QueueAdapter, token: str) -> None:
        stranger = Claim(token=token, envelope=envelope(1))
        assert Worker(adapter).finish(stranger) == [stranger.token]

    @pytest.mark.line("RQ-093", "RQ-096", "RQ-109")
    @pytest.mark.parametrize(
        "message", ["a\0b", "\ud800", "😀", "x" * 1_000_000], ids=["NUL", "half", "emoji", "long"]
    )
    def test_no_message_keeps_a_job_from_failing(self, adapter: QueueAdapter, message: str) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        error = ErrorRecord(class_name="x.Error", message=message, traceback=message * 2)
        assert worker.settle(worker.claim_one(), execution=ended(Outcome.FAILED, error=error)) == []
        assert worker.claim() == []

    def test_an_unreadable_job_can_fail(
        self, adapter: QueueAdapter, spoil: Callable[[str], None]
    ) -> None:
        spoil(str(adapter.enqueue(envelope(1))))
        worker = Worker(adapter)
        claim = worker.claim_one()
        execution = ended(Outcome.FAILED, error=claim.unreadable)
        assert worker.settle(claim, execution=execution) == []
        assert worker.claim() == []
