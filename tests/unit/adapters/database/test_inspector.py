from __future__ import annotations

import pytest

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.models import Job
from django_activejob.contracts import JobQuery, Repaired
from django_activejob.errors import UnsupportedAction
from django_activejob.testing.contracts.furniture import Worker, envelope, failed


class TestUnreadableJobs:
    @pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"job_class": 1}', "{" * 5_000])
    def test_they_are_shown_as_they_are(
        self, adapter: DatabaseAdapter, alias: str, text: str
    ) -> None:
        adapter.enqueue(envelope(1))
        Job.objects.using(alias).update(payload=text)
        [job] = adapter.inspector().jobs(JobQuery()).jobs
        assert (job.payload, job.raw_payload) == (None, text)
        assert job.job_class == "shop.ReportJob"

    def test_a_failed_one_can_be_retried_as_it_is(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        worker.settle(worker.claim_one(), execution=failed())
        Job.objects.using(alias).update(payload="{")
        assert adapter.inspector().retry(JobQuery(), limit=5) == Repaired(done=1)
        assert worker.claim_one().unreadable is not None


class TestEmptyStore:
    def test_there_is_nothing_to_see(self, adapter: DatabaseAdapter) -> None:
        inspector = adapter.inspector()
        assert list(inspector.jobs(JobQuery()).jobs) == []
        assert inspector.count(JobQuery()).number == 0
        assert list(inspector.queues()) == list(inspector.job_classes()) == []
        assert inspector.retry(JobQuery(), limit=5) == Repaired(done=0)


class TestPauses:
    @pytest.mark.line("RQ-181")
    @pytest.mark.parametrize("name", ["", "a\0b", "\ud800", "q" * 256])
    def test_a_name_that_no_queue_can_have_is_refused(
        self, adapter: DatabaseAdapter, name: str
    ) -> None:
        with pytest.raises(UnsupportedAction, match="No queue can be named"):
            adapter.inspector().pause(name)
        adapter.inspector().resume(name)
