"""Cancelled jobs in a database, where the contract does not look."""

from __future__ import annotations

import pytest
from django.db.models.functions import Now

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.models import Job
from django_activejob.contracts import Command, JobQuery, Outcome
from django_activejob.testing.contracts.furniture import Worker, envelope

pytestmark = pytest.mark.line("DB-064")


def cancel_all(adapter: DatabaseAdapter) -> int:
    return adapter.inspector().cancel(JobQuery(status="running"), limit=100).done


def test_a_request_that_a_claim_has_left_behind_is_told_at_the_next_one(
    adapter: DatabaseAdapter, alias: str
) -> None:
    # As when a throttle turns a job away in the moment in which it is cancelled.
    adapter.enqueue(envelope(1))
    Job.objects.using(alias).update(cancel_asked_at=Now())
    worker = Worker(adapter)
    claim = worker.claim_one()
    told = worker.registry.beat(worker.id, running=[claim.token])
    assert list(told) == [Command(action="cancel", token=claim.token)]


def test_an_attempt_says_what_would_have_come(adapter: DatabaseAdapter) -> None:
    id = str(adapter.enqueue(envelope(1)))
    worker = Worker(adapter)
    claim = worker.claim_one()
    cancel_all(adapter)
    worker.retry(claim)
    [attempt] = adapter.inspector().attempts(id)
    assert (attempt.number, attempt.outcome) == (1, Outcome.DISCARDED.value)
    assert attempt.error is not None
    assert attempt.error.message.endswith(
        ": cancelled by an operator, so it does not run again though it was to, "
        "after ConnectionError."
    )


def test_an_unreadable_job_is_cancelled_too(adapter: DatabaseAdapter, alias: str) -> None:
    id = str(adapter.enqueue(envelope(1)))
    Job.objects.using(alias).update(payload="{")
    worker = Worker(adapter)
    claim = worker.claim_one()
    assert cancel_all(adapter) == 1
    assert worker.release(claim) == []
    job = adapter.inspector().find(id)
    assert job is not None
    assert job.status == "finished"


def test_a_beat_names_all_of_them_and_their_ends_leave_nothing(
    adapter: DatabaseAdapter, alias: str
) -> None:
    adapter.enqueue_all([envelope(number) for number in range(3)])
    worker = Worker(adapter)
    claims = worker.claim()
    cancel_all(adapter)
    told = worker.registry.beat(worker.id, running=[claim.token for claim in claims])
    assert {command.token for command in told} == {claim.token for claim in claims}
    worker.finish(*claims)
    assert not Job.objects.using(alias).filter(cancel_asked_at__isnull=False).exists()
