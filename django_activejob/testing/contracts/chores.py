"""The upkeep of adapters that keep scheduled jobs themselves."""

from __future__ import annotations

import pytest

from django_activejob.contracts import QueueAdapter
from django_activejob.testing.contracts.furniture import (
    Worker,
    arguments,
    envelope,
    later,
    run_chore,
    until,
)


class ChoresContract:
    """What every adapter with a ``dispatch`` chore promises."""

    def test_chores_with_nothing_to_do_say_so(self, adapter: QueueAdapter) -> None:
        assert [chore.run() for chore in adapter.chores()] == [0] * len(adapter.chores())

    def test_chores_have_names_and_intervals(self, adapter: QueueAdapter) -> None:
        chores = adapter.chores()
        assert len({chore.name for chore in chores}) == len(chores)
        assert all(chore.every > 0 for chore in chores)

    @pytest.mark.line("RQ-146")
    @pytest.mark.line("AJ-326")
    def test_a_due_job_is_dispatched_once(self, adapter: QueueAdapter) -> None:
        adapter.enqueue(envelope("soon", scheduled_at=later(0.05)))
        assert until(lambda: run_chore(adapter, "dispatch")) == 1
        assert run_chore(adapter, "dispatch") == 0
        assert arguments(Worker(adapter).claim()) == ["soon"]

    @pytest.mark.line("RQ-147")
    def test_many_due_jobs_are_dispatched_batch_after_batch(self, adapter: QueueAdapter) -> None:
        due = later(0.5)
        adapter.enqueue_all([envelope(number, scheduled_at=due) for number in range(1_200)])
        adapter.enqueue(envelope("not yet", scheduled_at=later()))
        dispatched = until(lambda: run_chore(adapter, "dispatch"))
        assert dispatched == 1_200
        assert len(Worker(adapter).claim(limit=2_000)) == 1_200

    def test_dispatch_knows_of_a_job_that_is_due_soon(self, adapter: QueueAdapter) -> None:
        [chore] = [chore for chore in adapter.chores() if chore.name == "dispatch"]
        assert (chore.run(), chore.due_in()) == (0, None)
        adapter.enqueue(envelope("soon", scheduled_at=later(0.25)))
        adapter.enqueue(envelope("late", scheduled_at=later()))
        if chore.run() == 0:
            due_in = chore.due_in()
            assert due_in is not None
            assert 0 < due_in <= 0.3
            assert until(chore.run) == 1
        assert chore.run() == 0
        due_in = chore.due_in()
        assert due_in is None or due_in > 1
