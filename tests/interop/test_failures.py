"""Jobs that fail on one side, are seen on the other, and succeed in the end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.interop.conftest import Shared
from tests.interop.rails import Console
from tests.interop.site.work.jobs import BreakableJob, HardWorker, RetriedJob
from tests.waiting import until

pytestmark = [pytest.mark.needs("redis", "ruby"), pytest.mark.usefixtures("site")]


def entries(rails: Console, kind: str, number: int = 1) -> list[Any]:
    """The entries of one of Sidekiq's sets, once they are so many."""
    return until(lambda: found if len(found := rails.ask("read")[kind]) == number else [])


class TestJobsThatFailInPython:
    @pytest.fixture(autouse=True)
    def worker(self, shared: Shared) -> None:
        shared.break_down()
        shared.runjobs()

    def test_a_job_of_rails_is_retried_as_sidekiq_would(
        self, shared: Shared, rails: Console
    ) -> None:
        sent = rails.ask("enqueue", "BreakableJob", ["x"], {"queue": "python"})

        [entry] = entries(rails, "retries")

        assert entry["jid"] == sent["provider_job_id"]
        assert (entry["retry_count"], entry["display_class"]) == (0, "BreakableJob")
        assert entry["error_class"] == "tests.interop.site.work.jobs.BrokenError"
        assert entry["error_message"] == "broken é世"
        assert "break_down" in "\n".join(entry["backtrace"])
        assert entry["is_error"] is True
        shared.mend()
        rails.ask("retry_all", "retry")
        [line] = shared.lines(1)
        assert (line["job_id"], line["args"]) == (sent["job_id"], ["x"])
        assert rails.ask("read")["retries"] == []

    def test_a_job_of_ours_is_dead_and_ruby_revives_it(
        self, shared: Shared, rails: Console
    ) -> None:
        job = BreakableJob.set(queue="python").perform_later("x")

        [entry] = entries(rails, "dead")

        assert job
        assert (entry["jid"], entry["queue"]) == (job.provider_job_id, "python")
        assert entry["error_message"] == "broken é世"
        assert entry["failed_at"]
        shared.mend()
        rails.ask("retry_all", "dead")
        assert [line["job_id"] for line in shared.lines(1)] == [job.job_id]

    def test_a_retry_by_the_class_is_shown_with_its_error(
        self, shared: Shared, rails: Console
    ) -> None:
        RetriedJob.set(queue="python").perform_later("x")

        [entry] = entries(rails, "retries")
        shared.mend()
        [line] = shared.lines(1)

        assert (entry["error_message"], entry["display_class"]) == ("broken é世", "RetriedJob")
        assert line["executions"] >= 2

    def test_a_worker_without_active_job_is_retried_too(
        self, shared: Shared, rails: Console
    ) -> None:
        jid = rails.ask("push", "HardWorker", [1, {"a": 2}], {"queue": "python", "tags": ["t"]})

        [entry] = entries(rails, "retries")

        assert (entry["jid"], entry["class"], entry["tags"]) == (jid, "HardWorker", ["t"])
        shared.mend()
        rails.ask("add_all_to_queue", "retry")
        assert [line["jid"] for line in shared.lines(1)] == [jid]

    def test_a_class_that_python_does_not_have_comes_back_to_ruby(
        self, shared: Shared, rails: Console
    ) -> None:
        rails.ask("enqueue", "OnlyInRubyJob", ["x"], {"queue": "python"})

        [entry] = entries(rails, "retries")

        assert entry["error_class"].endswith("UnknownJobClass")
        assert (entry["display_class"], entry["retry"]) == ("OnlyInRubyJob", True)


class TestJobsThatFailInRuby:
    @pytest.fixture(autouse=True)
    def worker(self, shared: Shared) -> None:
        shared.break_down()
        shared.sidekiq("ruby")

    def test_a_job_of_ours_dies_at_once_for_it_has_no_retries(
        self, shared: Shared, rails: Console
    ) -> None:
        job = BreakableJob.set(queue="ruby").perform_later("x")

        [entry] = entries(rails, "dead")

        assert job
        assert (entry["jid"], entry["error_class"]) == (job.provider_job_id, "BrokenError")

    def test_one_whose_class_asks_for_retries_is_retried(
        self, shared: Shared, rails: Console
    ) -> None:
        HardWorker.set(queue="ruby").perform_later("x")

        [entry] = entries(rails, "retries")

        assert (entry["error_class"], entry["retry"]) == ("BrokenError", True)
        shared.mend()
        rails.ask("retry_all", "retry")
        assert [line["args"] for line in shared.lines(1)] == [["x"]]

    def test_a_retry_by_rubys_class_keeps_the_job_and_counts(self, shared: Shared) -> None:
        job = RetriedJob.set(queue="ruby").perform_later("x")
        until(lambda: shared.client.zcard("schedule"))
        shared.mend()

        [line] = shared.lines(1)

        assert job
        assert (line["job_id"], line["executions"]) == (job.job_id, 2)
