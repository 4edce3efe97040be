from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.test.utils import CaptureQueriesContext

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.models import Attempt, Job
from django_activejob.adapters.database.store import Store
from django_activejob.contracts import JobQuery, Outcome
from django_activejob.testing.contracts.furniture import (
    Worker,
    ended,
    envelope,
    failed,
    retried,
)
from tests.contracts.stores import ONLY_MYSQL, RETURNING


@RETURNING
class TestStatements:
    def test_jobs_that_merely_finish_take_one_statement(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([envelope(number) for number in range(20)])
        worker = Worker(adapter)
        claims = worker.claim()
        with CaptureQueriesContext(Store(alias).connection) as queries:
            assert worker.finish(*claims) == []
        assert len(queries) == 1

    def test_jobs_that_are_merely_released_take_one_statement(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([envelope(number) for number in range(20)])
        worker = Worker(adapter)
        claims = worker.claim()
        with CaptureQueriesContext(Store(alias).connection) as queries:
            assert worker.release(*claims) == []
        assert len(queries) == 1


@ONLY_MYSQL
class TestStatementsInSteps:
    def test_jobs_that_merely_finish_are_locked_and_then_changed(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([envelope(number) for number in range(20)])
        worker = Worker(adapter)
        claims = worker.claim()
        with CaptureQueriesContext(Store(alias).connection) as queries:
            assert worker.finish(*claims) == []
        words = [query["sql"].split()[0] for query in queries]
        assert words == ["BEGIN", "SELECT", "UPDATE", "COMMIT"]


class TestResults:
    def test_a_result_is_kept_when_the_envelope_says_so(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue(envelope(1, keep_result=True))
        worker = Worker(adapter)
        worker.settle(
            worker.claim_one(), execution=ended(Outcome.PERFORMED, result={"total": 3, "x": {1}})
        )
        attempt = Attempt.objects.using(alias).get()
        assert (attempt.outcome, json.loads(attempt.result)) == (
            "performed",
            {"total": 3, "x": "{1}"},
        )
        assert list(adapter.inspector().attempts(str(attempt.job_id))) == []

    def test_otherwise_no_attempt_is_written(self, adapter: DatabaseAdapter, alias: str) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        worker.settle(worker.claim_one(), execution=ended(Outcome.PERFORMED, result=3))
        assert not Attempt.objects.using(alias).exists()


class TestRetries:
    def test_a_retry_is_the_same_row(self, adapter: DatabaseAdapter, alias: str) -> None:
        id = adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        worker.retry(worker.claim_one())
        job = Job.objects.using(alias).get()
        assert (str(job.pk), job.state, job.executions) == (id, "ready", 1)
        assert json.loads(job.payload)["executions"] == 1

    def test_a_retry_that_cannot_be_stored_fails_its_job(self, adapter: DatabaseAdapter) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        claim = worker.claim_one()
        retry = replace(retried(claim), queue_name="q" * 300)
        assert worker.settle(claim, execution=ended(Outcome.RETRIED, retry=retry)) == []
        [job] = adapter.inspector().jobs(JobQuery(status="failed")).jobs
        assert job.error is not None
        assert job.error.class_name == "django_activejob.errors.EnqueueError"
        assert "queue name" in job.error.message

    def test_an_interruption_without_an_error_is_no_attempt(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        claim = worker.claim_one()
        worker.settle(claim, execution=ended(Outcome.INTERRUPTED, retry=retried(claim)))
        assert not Attempt.objects.using(alias).exists()


class TestAttempts:
    def test_an_attempt_says_which_process_ran_it(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        worker.settle(worker.claim_one(), execution=failed())
        attempt = Attempt.objects.using(alias).get()
        assert (attempt.process_id, attempt.number, attempt.seconds) == (worker.id, 1, 0.25)

    @pytest.mark.line("RQ-110")
    def test_a_job_can_fail_again_after_people_have_retried_it(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        id = adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        for message in ("first", "second"):
            worker.settle(worker.claim_one(), execution=failed(message))
            adapter.inspector().retry(JobQuery(ids=(str(id),)), limit=1)
        messages = [each.error.message for each in adapter.inspector().attempts(str(id))]
        assert messages == ["first", "second"]
