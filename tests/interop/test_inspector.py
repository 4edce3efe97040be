"""What our admin pages, and `manage.py jobs`, make of what Ruby writes."""

from __future__ import annotations

import pytest

from django_activejob.contracts import Command, Inspector, JobQuery, JobRecord, Status
from tests.interop.conftest import Shared
from tests.interop.rails import Console
from tests.waiting import until

pytestmark = [pytest.mark.needs("redis", "ruby"), pytest.mark.usefixtures("site")]


def records(inspector: Inspector, status: Status) -> list[JobRecord]:
    """The jobs that have a status."""
    return list(inspector.jobs(JobQuery(status=status)).jobs)


def the_record(inspector: Inspector, status: Status) -> JobRecord:
    """The job that comes to have a status."""
    [record] = until(lambda: records(inspector, status))
    return record


class TestWaitingJobs:
    def test_ready_and_scheduled_jobs_are_shown(self, inspector: Inspector, rails: Console) -> None:
        sent = rails.ask("enqueue", "EchoJob", ["x", {"a": 1}], {"queue": "python"})
        rails.ask("push_in", "HardWorker", 3600, [1], {"queue": "python"})

        [ready] = records(inspector, "ready")
        [scheduled] = records(inspector, "scheduled")

        assert (ready.id, ready.job_id) == (sent["provider_job_id"], sent["job_id"])
        assert (ready.job_class, ready.queue) == ("EchoJob", "python")
        assert ready.payload is not None
        assert ready.payload["arguments"][0] == "x"
        assert scheduled.job_class == "HardWorker"
        assert scheduled.scheduled_at is not None
        [queue] = [each for each in inspector.queues() if each.name == "python"]
        assert queue.size == 1

    def test_a_scheduled_job_can_be_made_ready(self, inspector: Inspector, rails: Console) -> None:
        sent = rails.ask("enqueue", "EchoJob", ["x"], {"queue": "ruby", "wait": 3600})
        [record] = records(inspector, "scheduled")

        assert inspector.dispatch(JobQuery(ids=(record.id,)), limit=10).done == 1

        read = rails.ask("read")
        assert read["scheduled"] == []
        assert [job["jid"] for job in read["queues"]["ruby"]["jobs"]] == [sent["provider_job_id"]]


class TestFailedJobs:
    @pytest.fixture(autouse=True)
    def worker(self, shared: Shared) -> None:
        shared.break_down()
        shared.sidekiq("ruby")

    def test_one_that_ruby_retries_is_shown_and_hastened(
        self, shared: Shared, inspector: Inspector, rails: Console
    ) -> None:
        sent = rails.ask("enqueue", "BreakableJob", ["x"], {"queue": "ruby"})

        record = the_record(inspector, "retrying")

        assert (record.id, record.job_class) == (sent["provider_job_id"], "BreakableJob")
        assert record.error is not None
        assert (record.error.class_name, record.error.message) == ("BrokenError", "broken é世")
        assert record.executions == 1
        shared.mend()
        assert inspector.dispatch(JobQuery(ids=(record.id,)), limit=10).done == 1
        [line] = shared.lines(1)
        assert (line["job_id"], line["args"]) == (sent["job_id"], ["x"])

    def test_one_that_is_dead_is_shown_and_revived(
        self, shared: Shared, inspector: Inspector, rails: Console
    ) -> None:
        jid = rails.ask("push", "HardWorker", ["x"], {"queue": "ruby", "retry": 0, "backtrace": 5})

        record = the_record(inspector, "failed")

        assert (record.id, record.job_class) == (jid, "HardWorker")
        assert record.error is not None
        assert "break_down" in record.error.traceback
        assert record.failed_at is not None
        shared.mend()
        assert inspector.retry(JobQuery(ids=(record.id,)), limit=10).done == 1
        [line] = shared.lines(1)
        assert (line["jid"], line["args"]) == (jid, ["x"])
        assert rails.ask("read")["dead"] == []

    def test_one_that_is_dead_can_be_discarded(self, inspector: Inspector, rails: Console) -> None:
        rails.ask("push", "HardWorker", ["x"], {"queue": "ruby", "retry": 0})
        record = the_record(inspector, "failed")

        assert inspector.discard(JobQuery(ids=(record.id,)), limit=10).done == 1

        assert rails.ask("read")["dead"] == []

    def test_a_dead_job_of_ruby_is_performed_by_python(
        self, shared: Shared, inspector: Inspector, rails: Console
    ) -> None:
        rails.ask("push", "HardWorker", ["x"], {"queue": "ruby", "retry": 0})
        record = the_record(inspector, "failed")
        shared.mend()
        shared.runjobs("--queues", "ruby")
        shared.close_sidekiq()

        inspector.retry(JobQuery(ids=(record.id,)), limit=10)

        assert [line["args"] for line in shared.lines(1)] == [["x"]]


class TestRubysWorkers:
    def test_they_are_shown_and_may_be_quieted(
        self, shared: Shared, inspector: Inspector, rails: Console
    ) -> None:
        shared.sidekiq("ruby")
        [process] = until(inspector.processes)

        assert inspector.command(process.id, Command(action="quiet"))

        assert process.pid > 0
        until(
            lambda: [each["quiet"] for each in rails.ask("read")["processes"]] == ["true"],
            within=20,
        )

    def test_a_paused_queue_of_ours_is_paused_for_our_workers(
        self, shared: Shared, inspector: Inspector, rails: Console
    ) -> None:
        shared.runjobs()
        inspector.pause("python")

        rails.ask("enqueue", "EchoJob", ["held"], {"queue": "python"})
        rails.ask("enqueue", "EchoJob", ["free"], {"queue": "default"})

        assert [line["args"] for line in shared.lines(1)] == [["free"]]
        assert shared.client.sismember("paused", "python")
        inspector.resume("python")
        assert [line["args"] for line in shared.lines(2)] == [["free"], ["held"]]
