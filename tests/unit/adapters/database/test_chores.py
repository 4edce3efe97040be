from __future__ import annotations

import pytest

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.models import Attempt, Job
from django_activejob.adapters.database.transitions import clear_finished
from django_activejob.contracts import Outcome
from django_activejob.testing.contracts.furniture import (
    Worker,
    ended,
    envelope,
    failed,
    run_chore,
)

LONG_AGO = "2020-01-01T00:00:00Z"


class TestClearingFinishedJobs:
    @pytest.mark.line("RQ-188")
    def test_old_ones_go_piece_by_piece(
        self, adapter: DatabaseAdapter, alias: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(clear_finished, "CLEARED_AT_ONCE", 2)
        adapter.enqueue_all([envelope(number) for number in range(5)])
        worker = Worker(adapter)
        worker.finish(*worker.claim())
        Job.objects.using(alias).update(finished_at=LONG_AGO)
        [chore] = [chore for chore in adapter.chores() if chore.name == "clear_finished"]
        assert [chore.run() for _ in range(4)] == [2, 2, 1, 0]

    @pytest.mark.line("RQ-189")
    def test_their_attempts_go_too(self, adapter: DatabaseAdapter, alias: str) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        worker.settle(worker.claim_one(), execution=ended(Outcome.DISCARDED))
        Job.objects.using(alias).update(finished_at=LONG_AGO)
        assert run_chore(adapter, "clear_finished") == 1
        assert not Attempt.objects.using(alias).exists()

    def test_young_ones_and_failed_ones_stay(self, adapter: DatabaseAdapter, alias: str) -> None:
        adapter.enqueue_all([envelope(1), envelope(2)])
        worker = Worker(adapter)
        worker.finish(worker.claim_one())
        worker.settle(worker.claim_one(), execution=failed())
        Job.objects.using(alias).filter(state="failed").update(failed_at=LONG_AGO)
        assert run_chore(adapter, "clear_finished") == 0
        assert Job.objects.using(alias).count() == 2

    def test_for_ever_means_no_such_chore(self) -> None:
        names = [chore.name for chore in DatabaseAdapter(keep_finished=None).chores()]
        assert "dispatch" in names
        assert "clear_finished" not in names
