"""What Sidekiq's API, and so its Web UI, makes of what we write."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from tests.interop.conftest import Shared
from tests.interop.rails import Console
from tests.interop.site.work.jobs import BreakableJob, EchoJob, HardWorker, RetriedJob, SlowJob
from tests.waiting import until

pytestmark = [pytest.mark.needs("redis", "ruby"), pytest.mark.usefixtures("site")]


class TestQueuesAndSets:
    def test_ready_jobs_are_listed_with_their_arguments(self, rails: Console) -> None:
        first = EchoJob.set(queue="python").perform_later(1, {"a": 2})
        HardWorker.set(queue="python").perform_later("x")

        read = rails.ask("read")

        assert first
        queue = read["queues"]["python"]
        assert (queue["size"], read["stats"]["queues"]) == (2, {"python": 2})
        assert 0 <= queue["latency"] < 30
        newest, oldest = queue["jobs"]
        assert (oldest["jid"], oldest["display_class"]) == (first.provider_job_id, "EchoJob")
        assert oldest["display_args"][0] == 1
        assert (newest["class"], newest["display_args"]) == ("HardWorker", ["x"])
        assert newest["created_at"]

    def test_scheduled_jobs_can_be_rescheduled_and_enqueued(self, rails: Console) -> None:
        EchoJob.set(queue="python", wait=3600).perform_later("é世", 1.5)
        [before] = rails.ask("read")["scheduled"]

        rails.ask("reschedule_all", "schedule", 60)

        [after] = rails.ask("read")["scheduled"]
        assert before["score"] - after["score"] > 3000
        assert after["jid"] == before["jid"]
        rails.ask("add_all_to_queue", "schedule")
        read = rails.ask("read")
        assert read["scheduled"] == []
        assert [job["jid"] for job in read["queues"]["python"]["jobs"]] == [before["jid"]]

    def test_jobs_can_be_deleted(self, shared: Shared, rails: Console) -> None:
        EchoJob.set(queue="python").perform_later(1)
        EchoJob.set(queue="python", wait=60).perform_later(2)

        rails.ask("delete_all", "schedule")
        rails.ask("delete_ready", "python")

        assert rails.ask("read")["stats"]["scheduled_size"] == 0
        assert shared.client.llen("queue:python") == 0

    def test_retries_can_be_killed(self, shared: Shared, rails: Console) -> None:
        shared.break_down()
        shared.runjobs()
        rails.ask("push", "HardWorker", [1], {"queue": "python"})
        until(lambda: rails.ask("read")["retries"])

        rails.ask("kill_all")

        read = rails.ask("read")
        assert read["retries"] == []
        assert [entry["display_class"] for entry in read["dead"]] == ["HardWorker"]

    def test_all_of_it_is_read_at_once_without_an_error(
        self, shared: Shared, rails: Console
    ) -> None:
        shared.break_down()
        run = shared.runjobs()
        for job_class in (BreakableJob, RetriedJob, HardWorker):
            job_class.set(queue="python").perform_later({"a": [1]})
        EchoJob.set(queue="python", wait=60).perform_later()
        until(lambda: len(rails.ask("read")["retries"]) == 2)
        until(lambda: rails.ask("read")["processes"])

        read = rails.ask("read")

        assert [entry["display_class"] for entry in read["dead"]] == ["BreakableJob"]
        assert read["stats"]["processes_size"] >= 1
        for entry in read["retries"] + read["dead"]:
            assert entry["failed_at"]
            assert entry["backtrace"]
            assert entry["retried_at"] or entry["retry_count"] == 0
        until(lambda: rails.ask("read")["stats"]["failed"] == 2)
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert until(lambda: rails.ask("read")["processes"] == [])


class TestProcesses:
    @pytest.fixture(autouse=True)
    def slow(self, shared: Shared) -> None:
        shared.client.set("slow", "1")

    def test_our_workers_are_shown_as_busy(self, shared: Shared, rails: Console) -> None:
        run = shared.runjobs()
        job = SlowJob.set(queue="python").perform_later("x")

        process = until(lambda: self.busy(rails))

        assert job
        assert process["queues"] == ["python", "default"]
        assert (process["concurrency"], process["quiet"]) == (2, "false")
        assert process["rss"] > 1_000
        [work] = rails.ask("read")["workers"]
        assert (work["process"], work["queue"]) == (process["identity"], "python")
        assert work["payload"]["jid"] == job.provider_job_id
        assert run.process.poll() is None

    def test_the_web_ui_can_quiet_them(self, shared: Shared, rails: Console) -> None:
        shared.client.delete("slow")
        shared.runjobs()
        until(lambda: rails.ask("read")["processes"])

        rails.ask("quiet_all")

        until(lambda: {each["quiet"] for each in rails.ask("read")["processes"]} == {"true"})
        EchoJob.set(queue="python").perform_later("x")
        EchoJob.set(queue="ruby").perform_later("y")
        shared.sidekiq("ruby")
        assert [line["args"] for line in shared.lines(1)] == [["y"]]
        assert shared.client.llen("queue:python") == 1

    def test_the_web_ui_can_stop_them(self, shared: Shared, rails: Console) -> None:
        shared.client.delete("slow")
        run = shared.runjobs()
        until(lambda: rails.ask("read")["processes"])

        rails.ask("stop_all")

        assert run.wait() == 0
        assert rails.ask("read")["processes"] == []

    def busy(self, rails: Console) -> Any:
        return next((each for each in rails.ask("read")["processes"] if each["busy"] == 1), None)


class TestNeighbours:
    def test_rubys_workers_are_left_alone(self, shared: Shared, rails: Console) -> None:
        worker = shared.sidekiq("ruby")
        run = shared.runjobs()
        until(lambda: len(rails.ask("read")["processes"]) == 2)

        run.send(signal.SIGKILL)
        run.kill_all()
        shared.runjobs()

        until(lambda: len(rails.ask("read")["processes"]) >= 2)
        tags = {each["identity"] for each in rails.ask("read")["processes"] if not each["labels"]}
        assert len(tags) == 1
        EchoJob.set(queue="ruby").perform_later("still there")
        assert [line["args"] for line in shared.lines(1)] == [["still there"]]
        worker.stop()
