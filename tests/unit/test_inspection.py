"""Jobs as a set, for a shell and for scripts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from django_activejob import ActiveJob, handler, inspection
from django_activejob.errors import UnsupportedAction
from django_activejob.inspection import JobSet, jobs
from django_activejob.job.packing import pack
from django_activejob.job.registry import name_of
from django_activejob.testing.contracts.furniture import Worker, failed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.line("DB-114")]


class CrateJob(ActiveJob):
    def perform(self, number: int) -> None:
        pass


class LidJob(CrateJob):
    pass


def enqueue(*made: Any) -> list[str]:
    adapter = handler.adapter("database")
    return [str(adapter.enqueue(pack(job))) for job in made]


def fail_all() -> None:
    worker = Worker(handler.adapter("database"))
    while claims := worker.claim():
        for claim in claims:
            worker.settle(claim, execution=failed())


def all_jobs() -> JobSet:
    return jobs("database")


class TestLooking:
    def test_conditions_add_up(self) -> None:
        enqueue(CrateJob(1), LidJob(2), LidJob(3).set(queue="low"))
        lids = all_jobs().filter(job_class=LidJob)
        assert lids.count() == 2
        assert [job.queue for job in lids.filter(queue="low")] == ["low"]
        assert all_jobs().count() == 3

    def test_each_use_asks_anew(self) -> None:
        ready = all_jobs().filter(status="ready")
        assert ready.first() is None
        enqueue(CrateJob(1))
        found = ready.first()
        assert found is not None
        assert found.job_class == name_of(CrateJob)

    def test_all_pages_are_walked(self) -> None:
        enqueue(*(CrateJob(number) for number in range(230)))
        assert len({job.id for job in all_jobs()}) == 230

    def test_times_narrow_too(self) -> None:
        enqueue(CrateJob(1))
        soon = timezone.now() + timedelta(minutes=1)
        assert all_jobs().filter(since=soon).count() == 0
        assert all_jobs().filter(until=soon).count() == 1

    @pytest.mark.parametrize(
        ("conditions", "expected"),
        [
            ({"name": "x"}, "name: not one of batch_id, error_class"),
            ({"state": "x", "colour": "red"}, "colour, state: not one of"),
        ],
    )
    def test_a_field_that_does_not_exist_is_named(
        self, conditions: dict[str, Any], expected: str
    ) -> None:
        with pytest.raises(TypeError, match=expected):
            all_jobs().filter(**conditions)

    def test_what_the_adapter_does_not_offer_is_said(self) -> None:
        with pytest.raises(UnsupportedAction, match="no jobs as 'lost', only as blocked, failed"):
            all_jobs().filter(status="lost")
        with pytest.raises(UnsupportedAction, match="cannot look for jobs by batch_id"):
            all_jobs().filter(batch_id="7")

    def test_an_adapter_that_keeps_nothing_is_named(self) -> None:
        with pytest.raises(UnsupportedAction, match="'inline' keeps no jobs"):
            jobs("inline")

    def test_it_says_what_it_is(self) -> None:
        assert repr(all_jobs()) == "<JobSet all>"
        assert repr(all_jobs().filter(status="failed", queue="low")) == (
            "<JobSet status='failed', queue='low'>"
        )


class TestRepairing:
    def test_failed_jobs_are_retried(self) -> None:
        enqueue(CrateJob(1), LidJob(2))
        fail_all()
        done = all_jobs().filter(status="failed", job_class=LidJob).retry()
        assert (done.done, done.skipped) == (1, 0)
        assert [job.job_class for job in all_jobs().filter(status="ready")] == [name_of(LidJob)]

    def test_more_than_are_changed_at_once_are_discarded(self) -> None:
        enqueue(*(CrateJob(number) for number in range(620)))
        assert all_jobs().filter(queue="default").discard().done == 620
        assert all_jobs().count() == 0

    def test_named_ones_are_dispatched(self) -> None:
        first, _ = enqueue(*(CrateJob(number).set(wait=3600) for number in (1, 2)))
        assert all_jobs().filter(ids=[int(first)]).dispatch().done == 1
        assert [job.id for job in all_jobs().filter(status="ready")] == [first]

    def test_waiting_ones_are_set_aside(self) -> None:
        enqueue(CrateJob(1))
        assert all_jobs().filter(status="ready").set_aside().done == 1
        assert all_jobs().filter(status="failed").count() == 1

    @pytest.mark.line("DB-064")
    def test_running_ones_are_cancelled_however_many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(inspection, "_AT_ONCE", 2)
        enqueue(*(CrateJob(number) for number in range(5)))
        worker = Worker(handler.adapter("database"))
        worker.claim()
        running = all_jobs().filter(status="running")
        assert running.cancel().done == 5
        assert running.cancel().done == 0
        assert all(job.cancel_asked_at for job in running)

    @pytest.mark.parametrize("action", ["retry", "discard", "set_aside", "dispatch", "cancel"])
    def test_all_of_them_must_be_meant(self, action: str) -> None:
        enqueue(CrateJob(1))
        with pytest.raises(ValueError, match=rf"Which jobs\? .*{action}"):
            getattr(all_jobs(), action)()
        assert all_jobs().all().discard().done == 1
