"""How an operator has running jobs end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from django_activejob import clock
from django_activejob.contracts import (
    CANCELLED,
    AttemptRecord,
    Claim,
    Command,
    ErrorRecord,
    Inspector,
    JobQuery,
    JobRecord,
    Limit,
    Outcome,
    QueueAdapter,
    Repaired,
    Unique,
)
from django_activejob.testing.contracts.furniture import (
    Worker,
    arguments,
    ended,
    envelope,
    failed,
    later,
    unpacked,
)


@pytest.mark.line("DB-064")
class CancellingContract:
    """What every adapter promises whose inspector offers "cancel".

    Besides ``adapter`` it wants a fixture ``hasten``: a function that makes all scheduled
    jobs ready, whatever their time.
    """

    def test_a_process_is_told_with_its_next_beat(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([envelope("cancelled"), envelope("other")])
        worker = Worker(adapter)
        claim, other = worker.claim()
        assert _ask(adapter, claim) == Repaired(done=1)
        commands = _beat(worker, claim, other)
        assert commands == [Command(action="cancel", token=claim.token)]

    def test_a_process_is_told_until_the_claim_has_ended(self, adapter: QueueAdapter) -> None:
        worker, claim = _asked(adapter)
        told = Command(action="cancel", token=claim.token)
        assert [_beat(worker, claim), _beat(worker, claim)] == [[told], [told]]
        worker.finish(claim)
        assert _beat(worker) == []

    def test_no_other_process_is_told(self, adapter: QueueAdapter) -> None:
        _asked(adapter)
        assert _beat(Worker(adapter)) == []

    def test_a_job_says_since_when_it_is_to_end(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1))
        claim = Worker(adapter).claim_one()
        assert _record(adapter, claim).cancel_asked_at is None
        _ask(adapter, claim)
        asked_at = _record(adapter, claim).cancel_asked_at
        assert asked_at is not None
        assert asked_at.tzinfo is not None
        [listed] = _inspector(adapter).jobs(JobQuery(status="running")).jobs
        assert listed.cancel_asked_at == asked_at

    def test_a_job_is_asked_once(self, adapter: QueueAdapter) -> None:
        _, claim = _asked(adapter)
        asked_at = _record(adapter, claim).cancel_asked_at
        assert _ask(adapter, claim) == Repaired(done=0, skipped=1)
        assert _record(adapter, claim).cancel_asked_at == asked_at

    def test_only_what_runs_is_asked(self, adapter: QueueAdapter) -> None:
        ids = [str(adapter.enqueue(envelope("failed")))]
        worker = Worker(adapter)
        worker.settle(worker.claim_one(), execution=failed())
        ids.append(str(adapter.enqueue(envelope("ready"))))
        ids.append(str(adapter.enqueue(envelope("scheduled", scheduled_at=later()))))
        asked = _inspector(adapter).cancel(JobQuery(ids=tuple(ids)), limit=10)
        assert asked == Repaired(done=0, skipped=3)
        assert arguments(worker.claim()) == ["ready"]
        assert _beat(worker) == []

    def test_asking_stops_at_its_limit_and_goes_on_from_there(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([envelope(number) for number in range(3)])
        worker = Worker(adapter)
        worker.claim()
        inspector, query = _inspector(adapter), JobQuery(status="running")
        assert inspector.cancel(query, limit=2) == Repaired(done=2, more=True)
        assert inspector.cancel(query, limit=2).done == 1
        assert len(_beat(worker)) == 3

    def test_what_ends_as_cancelled_is_kept(self, adapter: QueueAdapter) -> None:
        worker, claim = _asked(adapter)
        error = ErrorRecord(class_name=CANCELLED, message="cancelled by an operator")
        assert worker.settle(claim, execution=ended(Outcome.DISCARDED, error=error)) == []
        assert _last_error(adapter, claim) == error
        _is_over(adapter, claim)

    @pytest.mark.parametrize("outcome", [Outcome.PERFORMED, Outcome.FAILED])
    def test_a_job_that_ends_by_itself_ends_so(
        self, adapter: QueueAdapter, outcome: Outcome
    ) -> None:
        worker, claim = _asked(adapter)
        execution = failed() if outcome is Outcome.FAILED else ended(outcome)
        assert worker.settle(claim, execution=execution) == []
        record = _inspector(adapter).find(_id(claim))
        if outcome is Outcome.FAILED:
            assert record is not None
            assert record.error is not None
            assert record.error.class_name == "shop.errors.OutOfStock"
        if record is not None:
            assert record.cancel_asked_at is None
        assert _inspector(adapter).count(JobQuery(status="running")).number == 0

    def test_a_failed_job_that_is_retried_is_not_asked_again(self, adapter: QueueAdapter) -> None:
        worker, claim = _asked(adapter)
        worker.settle(claim, execution=failed())
        _inspector(adapter).retry(JobQuery(status="failed"), limit=10)
        again = worker.claim_one()
        assert _record(adapter, again).cancel_asked_at is None
        assert _beat(worker, again) == []

    def test_a_claim_that_is_given_back_ends(self, adapter: QueueAdapter) -> None:
        worker, claim = _asked(adapter)
        assert worker.release(claim) == []
        _is_cancelled(adapter, claim)

    def test_what_is_given_back_besides_runs_again(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([envelope("cancelled"), envelope("other")])
        worker = Worker(adapter)
        claim, other = worker.claim()
        _ask(adapter, claim)
        assert worker.release(claim, other) == []
        assert arguments(worker.claim()) == ["other"]
        _is_cancelled(adapter, claim)

    @pytest.mark.parametrize("delay", [None, 3600.0], ids=["at once", "later"])
    def test_a_retry_ends(
        self, adapter: QueueAdapter, hasten: Callable[[], None], delay: float | None
    ) -> None:
        worker, claim = _asked(adapter)
        assert worker.retry(claim, scheduled_at=delay and later(delay)) == []
        hasten()
        _is_cancelled(adapter, claim)
        error = _last_error(adapter, claim)
        assert error is not None
        assert "ConnectionError" in error.message

    @pytest.mark.parametrize("has_begun", [True, False])
    def test_a_crash_ends_it(
        self, adapter: QueueAdapter, hasten: Callable[[], None], has_begun: bool
    ) -> None:
        worker, claim = _asked(adapter)
        started = [claim.token] if has_begun else []
        [buried] = worker.registry.bury(worker.id, reason="killed by SIGKILL", started=started)
        assert (buried.token, buried.fate) == (claim.token, "cancelled")
        assert buried.error is not None
        assert buried.error.class_name == CANCELLED
        hasten()
        _is_cancelled(adapter, claim)

    def test_a_crash_fails_what_must_not_run_twice(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1, on_crash="fail"))
        worker = Worker(adapter)
        claim = worker.claim_one()
        _ask(adapter, claim)
        [buried] = worker.registry.bury(worker.id, reason="killed", started=[claim.token])
        assert buried.fate == "failed"
        record = _record(adapter, claim)
        assert (record.status, record.cancel_asked_at) == ("failed", None)

    def test_a_process_that_leaves_ends_it(self, adapter: QueueAdapter) -> None:
        worker, claim = _asked(adapter)
        worker.registry.deregister(worker.id)
        _is_cancelled(adapter, claim)

    def test_a_claim_that_its_process_does_not_know_of_ends(
        self, adapter: QueueAdapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        worker, claim = _asked(adapter)
        for seconds in (0, 11):
            monkeypatch.setattr(clock, "monotonic", lambda at=seconds: 1000.0 + at)
            _beat(worker)
        monkeypatch.undo()
        _is_cancelled(adapter, claim)

    @pytest.mark.parametrize("way", ["release", "retry", "bury"])
    def test_what_it_held_is_free(
        self, adapter: QueueAdapter, hasten: Callable[[], None], way: str
    ) -> None:
        if not (adapter.supports_limits and adapter.supports_unique):
            pytest.skip("this adapter keeps no limits, or no locks")
        limit = Limit(key="shop", to=1, duration=3600.0)
        unique = Unique(key="report", seconds=3600.0, until="finish")
        adapter.enqueue(envelope("cancelled", limit=limit, unique=unique))
        worker = Worker(adapter)
        claim = worker.claim_one()
        adapter.enqueue(envelope("next", limit=limit))
        _ask(adapter, claim)
        if way == "release":
            worker.release(claim)
        elif way == "retry":
            worker.retry(claim, scheduled_at=later())
        else:
            worker.registry.bury(worker.id, reason="killed", started=[claim.token])
        heir = Worker(adapter)
        assert arguments(heir.claim()) == ["next"]
        adapter.enqueue(envelope("again", unique=unique))
        assert arguments(heir.claim()) == ["again"]


def _asked(adapter: QueueAdapter) -> tuple[Worker, Claim]:
    """A worker with a claim that an operator has cancelled."""
    adapter.enqueue(envelope(1))
    worker = Worker(adapter)
    claim = worker.claim_one()
    assert _ask(adapter, claim) == Repaired(done=1)
    return worker, claim


def _inspector(adapter: QueueAdapter) -> Inspector:
    inspector = adapter.inspector()
    assert inspector is not None
    assert "cancel" in inspector.actions
    return inspector


def _id(claim: Claim) -> str:
    return str(unpacked(claim).payload["provider_job_id"])


def _ask(adapter: QueueAdapter, claim: Claim) -> Repaired:
    return _inspector(adapter).cancel(JobQuery(ids=(_id(claim),)), limit=10)


def _beat(worker: Worker, *claims: Claim) -> list[Command]:
    return list(worker.registry.beat(worker.id, running=[claim.token for claim in claims]))


def _record(adapter: QueueAdapter, claim: Claim) -> JobRecord:
    record = _inspector(adapter).find(unpacked(claim).payload["job_id"])
    assert record is not None
    return record


def _last_error(adapter: QueueAdapter, claim: Claim) -> ErrorRecord | None:
    record = _record(adapter, claim)
    attempts: list[AttemptRecord] = list(_inspector(adapter).attempts(record.id))
    return attempts[-1].error if attempts else record.error


def _is_over(adapter: QueueAdapter, claim: Claim) -> None:
    record = _record(adapter, claim)
    # Failed where nothing is known of jobs that have ended in any other way.
    kept = "finished" if "finished" in _inspector(adapter).statuses else "failed"
    assert (record.status, record.cancel_asked_at) == (kept, None)
    assert Worker(adapter).claim() == []


def _is_cancelled(adapter: QueueAdapter, claim: Claim) -> None:
    _is_over(adapter, claim)
    error = _last_error(adapter, claim)
    assert error is not None
    assert error.class_name == CANCELLED
    assert "cancelled by an operator" in error.message
