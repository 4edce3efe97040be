"""`manage.py jobs`: what the admin does, in a shell."""

from __future__ import annotations

import json
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from django_activejob import ActiveJob, handler
from django_activejob.adapters.database.inspector import DatabaseInspector
from django_activejob.adapters.database.models import Job
from django_activejob.contracts import JobQuery, Limit
from django_activejob.job.packing import pack
from django_activejob.testing.contracts.furniture import Worker, envelope, failed

pytestmark = pytest.mark.django_db(transaction=True)


class ParcelJob(ActiveJob):
    def perform(self, number: int) -> None:
        pass


def jobs(*arguments: str) -> str:
    output = StringIO()
    call_command("jobs", *arguments, "--adapter", "database", stdout=output)
    return output.getvalue()


def facts(*arguments: str) -> Any:
    return json.loads(jobs(*arguments, "--json"))


def enqueue(*numbers: int, **options: Any) -> list[str]:
    adapter = handler.adapter("database")
    made = [
        ParcelJob(number).set(**options) if options else ParcelJob(number) for number in numbers
    ]
    return [str(adapter.enqueue(pack(job))) for job in made]


def enqueue_limited(*keys: str) -> None:
    limits = [Limit(key=key, to=1, duration=60.0, on_conflict="block") for key in keys]
    handler.adapter("database").enqueue_all([envelope(1, limit=limit) for limit in limits])


def fail_all() -> None:
    worker = Worker(handler.adapter("database"))
    for claim in worker.claim():
        worker.settle(claim, execution=failed())


def statuses() -> list[str]:
    page = handler.adapter("database").inspector().jobs(JobQuery())
    return sorted(job.status for job in page.jobs)


class TestList:
    def test_shows_a_line_for_each_job(self) -> None:
        enqueue(1, 2)
        lines = jobs("list").splitlines()
        assert lines[0].split()[:3] == ["id", "job", "id"]
        assert len(lines) == 3
        assert "ParcelJob" in lines[1]

    def test_can_be_narrowed(self) -> None:
        enqueue(1, 2)
        assert facts("list", "--status", "failed") == []
        assert len(facts("list", "--limit", "1")) == 1

    def test_tells_no_arguments(self) -> None:
        enqueue(31415926)
        assert "31415926" not in jobs("list") + json.dumps(facts("list"))


class TestShow:
    def test_tells_the_error_and_the_executions(self) -> None:
        [id] = enqueue(1)
        fail_all()
        shown = jobs("show", id)
        assert "failed" in shown
        assert "execution 1 failed" in shown
        assert facts("show", id)["attempts"][0]["outcome"] == "failed"

    def test_a_job_that_is_not_there_is_an_error(self) -> None:
        with pytest.raises(CommandError, match="404: there is no such job"):
            jobs("show", "404")


class TestRepairs:
    def test_a_named_job_is_retried_without_a_question(self) -> None:
        [id] = enqueue(1)
        fail_all()
        assert jobs("retry", id) == "retry: 1 jobs; 0 had moved on.\n"
        assert statuses() == ["ready"]

    @pytest.mark.line("DB-064")
    def test_a_running_job_is_cancelled(self) -> None:
        [id] = enqueue(1)
        [waiting] = enqueue(2)
        worker = Worker(handler.adapter("database"))
        claim = worker.claim(limit=1)[0]
        assert jobs("cancel", id, waiting) == "cancel: 1 jobs; 1 had moved on.\n"
        [command] = worker.registry.beat(worker.id, running=[claim.token])
        assert (command.action, command.token) == ("cancel", claim.token)
        assert datetime.fromisoformat(facts("show", id)["cancel_asked_at"]).tzinfo is not None

    def test_many_are_asked_about(self, monkeypatch: pytest.MonkeyPatch) -> None:
        enqueue(1, 2)
        asked: list[str] = []
        monkeypatch.setattr("builtins.input", lambda text: asked.append(text) or "n")
        with pytest.raises(CommandError, match="Nothing was changed"):
            jobs("discard", "--all")
        assert asked == ["discard: of 2 jobs, those that allow it. Go on? [y/N] "]
        assert statuses() == ["ready", "ready"]

    def test_yes_answers_the_question(self) -> None:
        enqueue(1, 2)
        assert facts("discard", "--queue", "default", "--yes") == {"done": 2, "skipped": 0}
        assert statuses() == []

    def test_nothing_named_is_an_error(self) -> None:
        with pytest.raises(CommandError, match="Which jobs"):
            jobs("discard", "--yes")

    def test_scheduled_jobs_run_now(self) -> None:
        enqueue(1, wait=3600)
        assert statuses() == ["scheduled"]
        jobs("run-now", "--all", "--yes")
        assert statuses() == ["ready"]


class TestQueues:
    def test_they_are_paused_and_resumed(self) -> None:
        enqueue(1)
        assert jobs("pause", "default") == "default: paused.\n"
        assert facts("stats")["queues"]["default"]["paused"] is True
        assert jobs("resume", "default") == "default: resumed.\n"
        assert facts("stats")["queues"]["default"]["paused"] is False

    def test_stats_count_by_status_and_queue(self) -> None:
        enqueue(1, 2)
        assert facts("stats")["jobs"]["ready"] == 2
        shown = jobs("stats")
        assert "ready      2" in shown
        assert "default" in shown


class TestSemaphores:
    def test_they_are_shown(self) -> None:
        enqueue_limited("shop/1", "shop/1")
        [semaphore] = facts("semaphores")
        assert semaphore["key"] == "shop/1"
        assert (semaphore["limit"], semaphore["holders"], semaphore["blocked"]) == (1, 1, 1)
        assert datetime.fromisoformat(semaphore["oldest_blocked_at"]).tzinfo is not None
        assert "shop/1  1      1        1" in jobs("semaphores")

    def test_permits_of_running_jobs_are_taken_away(self) -> None:
        enqueue_limited("shop/1")
        assert facts("release", "shop/1") == {"done": 0}
        Job.objects.update(state="running", process_id="1" * 32, claimed_at=timezone.now())
        assert jobs("release", "shop/1", "--holder", "0").startswith("shop/1: 0 running jobs")
        assert jobs("release", "shop/1") == (
            "shop/1: 1 running jobs have lost their permits; they run on.\n"
        )
        assert facts("semaphores")[0]["holders"] == 0

    def test_an_adapter_without_them_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(DatabaseInspector, "actions", frozenset())
        for arguments in (("semaphores",), ("release", "shop/1")):
            with pytest.raises(CommandError, match="does not tell of concurrency limits"):
                jobs(*arguments)


class TestMistakes:
    def test_an_adapter_without_jobs_is_named(self) -> None:
        with pytest.raises(CommandError, match="'inline' keeps no jobs that could be looked at"):
            call_command("jobs", "stats", "--adapter", "inline")

    def test_an_unknown_adapter_is_named(self) -> None:
        with pytest.raises(CommandError, match="'redsi' is no queue adapter"):
            call_command("jobs", "stats", "--adapter", "redsi")
