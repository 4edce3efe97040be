"""How adapters know who works for them, and what they do about the dead."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from django_activejob import clock
from django_activejob.contracts import Buried, QueueAdapter
from django_activejob.errors import ProcessPruned
from django_activejob.testing.contracts.furniture import (
    Worker,
    arguments,
    envelope,
    registry_of,
    until,
)


class RegistryContract:
    """What every adapter with workers promises about its processes.

    Besides ``adapter`` it wants a fixture ``hasten``: a function that makes all scheduled
    jobs ready, whatever their time.
    """

    def test_a_registered_process_beats(self, adapter: QueueAdapter) -> None:
        worker = Worker(adapter)
        assert list(worker.registry.beat(worker.id, running=[])) == []

    def test_a_process_that_is_not_registered_is_told_so(self, adapter: QueueAdapter) -> None:
        with pytest.raises(ProcessPruned, match="not registered"):
            registry_of(adapter).beat("f" * 32, running=[])

    @pytest.mark.line("RQ-018")
    def test_processes_are_told_apart_though_host_and_pid_are_the_same(
        self, adapter: QueueAdapter
    ) -> None:
        # In containers every program may be process 1 on the same host.
        first, second = Worker(adapter), Worker(adapter)
        same = (first.record.hostname, first.record.pid)
        assert same == (second.record.hostname, second.record.pid)
        adapter.enqueue_all([envelope("first"), envelope("second")])
        lost, kept = first.claim_one(), second.claim_one()
        buried = first.registry.bury(first.id, reason="killed by SIGKILL", started=[lost.token])
        assert [each.token for each in buried] == [lost.token]
        assert list(second.registry.beat(second.id, running=[kept.token])) == []
        assert second.finish(kept) == []

    def test_registering_again_does_no_harm(self, adapter: QueueAdapter) -> None:
        worker = Worker(adapter)
        worker.registry.register(worker.record)
        worker.registry.beat(worker.id, running=[])

    def test_a_process_that_leaves_gives_its_jobs_back(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([envelope(1), envelope(2)])
        leaving = Worker(adapter)
        leaving.claim()
        leaving.registry.deregister(leaving.id)
        again = Worker(adapter).claim()
        assert arguments(again) == [1, 2]
        assert [claim.crashes for claim in again] == [0, 0]
        with pytest.raises(ProcessPruned):
            leaving.registry.beat(leaving.id, running=[])

    @pytest.mark.line("RQ-038")
    def test_a_process_that_leaves_takes_no_other_with_it(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([envelope(1), envelope(2)])
        leaving, staying = Worker(adapter), Worker(adapter)
        leaving.claim_one()
        held = staying.claim_one()
        leaving.registry.deregister(leaving.id)
        assert staying.finish(held) == []

    @pytest.mark.line("RQ-007", "RQ-041")
    def test_claims_that_a_process_does_not_know_of_come_back(
        self, adapter: QueueAdapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        adapter.enqueue_all([envelope("known"), envelope("forgotten")])
        worker = Worker(adapter)
        known, _ = worker.claim()
        for seconds, expected in ((0, []), (9, []), (11, ["forgotten"])):
            monkeypatch.setattr(clock, "monotonic", lambda at=seconds: 1000.0 + at)
            worker.registry.beat(worker.id, running=[known.token])
            monkeypatch.undo()
            assert arguments(worker.claim()) == expected
        assert worker.finish(known) == []

    def test_a_claim_that_is_known_again_stays(
        self, adapter: QueueAdapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        claim = worker.claim_one()
        for seconds, running in ((0, []), (6, [claim.token]), (12, []), (18, [])):
            monkeypatch.setattr(clock, "monotonic", lambda at=seconds: 1000.0 + at)
            worker.registry.beat(worker.id, running=running)
        monkeypatch.undo()
        assert worker.finish(claim) == []

    @pytest.mark.line("RQ-014")
    def test_what_had_not_started_is_released_uncounted(self, adapter: QueueAdapter) -> None:
        adapter.enqueue_all([envelope("started"), envelope("innocent")])
        dead = Worker(adapter)
        started, innocent = dead.claim()
        fates = _fates(
            dead.registry.bury(dead.id, reason="killed by SIGKILL", started=[started.token])
        )
        assert fates == {started.token: "retried", innocent.token: "released"}
        [again] = Worker(adapter).claim()
        assert arguments([again]) == ["innocent"]
        assert again.crashes == 0

    @pytest.mark.line("RQ-001")
    def test_what_had_started_comes_back_with_the_crash_counted(
        self, adapter: QueueAdapter, hasten: Callable[[], None]
    ) -> None:
        adapter.enqueue(envelope(1))
        _die(adapter)
        heir = Worker(adapter)
        assert heir.claim() == []
        hasten()
        assert heir.claim_one().crashes == 1

    @pytest.mark.line("RQ-001")
    def test_a_job_that_must_not_run_twice_fails(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1, on_crash="fail"))
        [buried] = _die(adapter, reason="exited with status 3")
        assert buried.fate == "failed"
        assert buried.error is not None
        assert buried.error.class_name == "django_activejob.errors.ProcessCrashed"
        assert "exited with status 3" in buried.error.message
        assert Worker(adapter).claim() == []

    @pytest.mark.line("RQ-112")
    def test_a_job_for_whose_time_limit_its_process_had_to_end_says_so(
        self, adapter: QueueAdapter
    ) -> None:
        adapter.enqueue(envelope(1, on_crash="fail"))
        dead = Worker(adapter)
        token = dead.claim_one().token
        [buried] = dead.registry.bury(dead.id, reason="left", started=[token], overdue=[token])
        assert buried.fate == "failed"
        assert buried.error is not None
        assert buried.error.class_name == "django_activejob.errors.JobTimeout"

    @pytest.mark.line("RQ-013")
    def test_the_third_death_with_a_job_is_its_last(
        self, adapter: QueueAdapter, hasten: Callable[[], None]
    ) -> None:
        adapter.enqueue(envelope("poison"))
        fates = []
        for _ in range(3):
            hasten()
            [buried] = _die(adapter)
            fates.append(buried.fate)
        assert fates == ["retried", "retried", "failed"]
        hasten()
        assert Worker(adapter).claim() == []

    @pytest.mark.line("RQ-017")
    def test_a_process_is_buried_once(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1))
        dead = Worker(adapter)
        dead.claim_one()
        assert len(dead.registry.bury(dead.id, reason="gone", started=None)) == 1
        assert list(dead.registry.bury(dead.id, reason="gone", started=None)) == []

    @pytest.mark.line("RQ-005")
    def test_the_silent_are_pruned(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1))
        silent = Worker(adapter)
        claim = silent.claim_one()
        buried = until(lambda: silent.registry.prune(silent_for=0.0))
        assert [each.token for each in buried] == [claim.token]
        with pytest.raises(ProcessPruned):
            silent.registry.beat(silent.id, running=[])

    @pytest.mark.line("RQ-015")
    def test_those_who_beat_are_not_pruned(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1))
        alive = Worker(adapter)
        claim = alive.claim_one()
        assert list(alive.registry.prune(silent_for=60.0)) == []
        assert alive.finish(claim) == []

    @pytest.mark.line("RQ-009")
    def test_a_job_that_was_settled_is_not_buried(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope(1))
        dead = Worker(adapter)
        dead.finish(dead.claim_one())
        assert list(dead.registry.bury(dead.id, reason="gone", started=None)) == []


def _die(adapter: QueueAdapter, *, reason: str = "killed by SIGKILL") -> list[Buried]:
    dead = Worker(adapter)
    claim = dead.claim_one()
    return list(dead.registry.bury(dead.id, reason=reason, started=[claim.token]))


def _fates(buried: Sequence[Buried]) -> dict[str, str]:
    return {each.token: each.fate for each in buried}
