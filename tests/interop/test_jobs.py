"""Jobs that one side enqueues and the other performs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from django_activejob import perform_all_later
from django_activejob.serialization import HashWithIndifferentAccess, Symbol
from tests.interop.conftest import Shared
from tests.interop.rails import Console
from tests.interop.site.work.jobs import DailyJob, EchoJob, HardWorker
from tests.shop.models import Voucher
from tests.wire.ruby import as_ruby_saw

pytestmark = [pytest.mark.needs("redis", "ruby"), pytest.mark.usefixtures("site")]

VALUES: dict[str, list[Any]] = {
    "numbers": [0, -1, 2**80, 1.5, -0.0, 1e20, 0.1, 1e-7],
    "texts": ["", "é世😀", 'quotes " \\ / \n\t', "\u2028", "\x7f"],
    "nothing": [None, True, False],
    "nested": [[1, [2, []]], {"a": {"b": [None, {}]}}],
    "symbols": [Symbol("a"), {Symbol("a"): 1, "b": 2}],
    "indifferent": [HashWithIndifferentAccess(a=1)],
    "times": [datetime(2026, 8, 22, 17, 6, 1, 500_000, tzinfo=UTC), date(2026, 2, 28)],
    "durations": [timedelta(minutes=5), timedelta(days=2, seconds=1.5)],
    "records": [Voucher(code="7")],
}


class TestJobsOfPython:
    @pytest.fixture(autouse=True)
    def worker(self, shared: Shared) -> None:
        shared.sidekiq("ruby")

    def test_ruby_performs_them_with_equal_arguments(self, shared: Shared) -> None:
        for values in VALUES.values():
            assert EchoJob.set(queue="ruby").perform_later(*values)

        lines = shared.lines(len(VALUES))

        expected = [as_ruby_saw(values) for values in VALUES.values()]
        assert sorted(map(repr, expected)) == sorted(repr(line["args"]) for line in lines)

    def test_keywords_arrive_as_keywords(self, shared: Shared) -> None:
        EchoJob.set(queue="ruby").perform_later(1, name="x", tags=["a"])

        [line] = shared.lines(1)

        assert line["args"] == [1]
        assert line["kwargs"] == as_ruby_saw({Symbol("name"): "x", Symbol("tags"): ["a"]})

    def test_the_job_keeps_its_ids(self, shared: Shared) -> None:
        job = DailyJob.perform_later("x")

        [line] = shared.lines(1)

        assert job
        assert (line["class"], line["queue_name"]) == ("Reports::DailyJob", "ruby")
        assert (line["job_id"], line["provider_job_id"]) == (job.job_id, job.provider_job_id)
        assert (line["executions"], line["locale"]) == (1, "en")

    def test_ruby_performs_them_when_they_are_due(self, shared: Shared) -> None:
        EchoJob.set(queue="ruby", wait=1).perform_later("later")
        EchoJob.set(queue="ruby").perform_later("now")

        assert [line["args"] for line in shared.lines(2)] == [["now"], ["later"]]

    def test_those_enqueued_at_once_arrive_too(self, shared: Shared) -> None:
        perform_all_later(
            [EchoJob(number).set(queue="ruby") for number in range(20)],
        )

        lines = shared.lines(20)

        assert sorted(line["args"][0] for line in lines) == list(range(20))

    def test_a_worker_without_active_job_gets_plain_json(self, shared: Shared) -> None:
        arguments = [1, "é", [None], {"a": {"b": 1.5}}]
        job = HardWorker.set(queue="ruby").perform_later(*arguments)

        [line] = shared.lines(1)

        assert job
        assert line["args"] == as_ruby_saw(arguments)
        assert (line["class"], line["jid"]) == ("HardWorker", job.provider_job_id)


class TestJobsOfRails:
    @pytest.fixture(autouse=True)
    def worker(self, shared: Shared) -> None:
        shared.runjobs()

    @pytest.mark.parametrize("sample", VALUES)
    def test_we_perform_them_with_equal_arguments(
        self, shared: Shared, rails: Console, sample: str
    ) -> None:
        sent = rails.ask("enqueue_sample", sample, {"queue": "python"})

        [line] = shared.lines(1)

        assert line["args"] == sent["args"]
        assert line["job_id"] == sent["job_id"]
        assert line["provider_job_id"] == sent["provider_job_id"]
        assert (line["executions"], line["queue_name"]) == (1, "python")

    def test_keywords_arrive_as_keywords(self, shared: Shared, rails: Console) -> None:
        rails.ask("enqueue_keywords", {"queue": "python"})

        [line] = shared.lines(1)

        assert line["args"] == [1]
        assert line["kwargs"] == as_ruby_saw({Symbol("name"): "x", Symbol("tags"): [Symbol("a")]})

    def test_we_perform_them_when_they_are_due(self, shared: Shared, rails: Console) -> None:
        rails.ask("enqueue", "EchoJob", ["later"], {"queue": "python", "wait": 1})
        rails.ask("enqueue", "EchoJob", ["now"], {"queue": "python"})

        assert [line["args"] for line in shared.lines(2)] == [["now"], ["later"]]

    def test_one_without_active_job_brings_plain_json(self, shared: Shared, rails: Console) -> None:
        jid = rails.ask("push", "HardWorker", [1, {"a": [None]}], {"queue": "python"})
        later = rails.ask("push_in", "HardWorker", 1, ["later"], {"queue": "python"})

        first, second = shared.lines(2)

        assert (first["jid"], first["args"]) == (jid, as_ruby_saw([1, {"a": [None]}]))
        assert (second["jid"], second["args"]) == (later, ["later"])
