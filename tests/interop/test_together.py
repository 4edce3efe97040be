"""Both sides at one queue, and what is left when one of them dies."""

from __future__ import annotations

import signal
from collections import Counter
from typing import Any

import pytest

from django_activejob import perform_all_later
from tests.interop.conftest import Shared
from tests.interop.rails import Console
from tests.interop.site.work.jobs import EchoJob, SlowJob
from tests.waiting import until

pytestmark = [pytest.mark.needs("redis", "ruby"), pytest.mark.usefixtures("site")]

JOBS = 300


class TestOneQueueForBoth:
    def test_each_job_is_performed_once_by_one_of_them(
        self, shared: Shared, rails: Console
    ) -> None:
        shared.sidekiq("python")
        shared.runjobs()

        perform_all_later([EchoJob(number).set(queue="python") for number in range(JOBS)])
        for number in range(JOBS, JOBS + 20):
            rails.ask("enqueue", "EchoJob", [number], {"queue": "python"})

        shared.lines(JOBS + 20)
        until(lambda: int(shared.client.get("stat:processed") or 0) >= JOBS + 20)
        performed = Counter(line["args"][0] for line in shared.diary())
        assert performed == Counter(range(JOBS + 20))
        read = rails.ask("read")["stats"]
        assert (read["enqueued"], read["retry_size"], read["dead_size"]) == (0, 0, 0)

    def test_due_jobs_of_either_are_enqueued_once(self, shared: Shared, rails: Console) -> None:
        shared.sidekiq("python")
        shared.runjobs()

        perform_all_later(
            [EchoJob(number).set(queue="python", wait=1) for number in range(JOBS)],
        )
        for number in range(JOBS, JOBS + 20):
            rails.ask("enqueue", "EchoJob", [number], {"queue": "python", "wait": 1})

        shared.lines(JOBS + 20)
        until(lambda: int(shared.client.get("stat:processed") or 0) >= JOBS + 20)
        performed = Counter(line["args"][0] for line in shared.diary())
        assert performed == Counter(range(JOBS + 20))


def given_back(rails: Console) -> list[Any]:
    """What waits for a second try: after a pause by chance, or, once that is over, in its queue."""
    read = rails.ask("read")
    return [*read["retries"], *read["queues"].get("python", {"jobs": []})["jobs"]]


class TestDeaths:
    def test_a_job_of_rails_survives_the_death_of_our_worker(
        self, shared: Shared, rails: Console
    ) -> None:
        shared.client.set("slow", "1")
        dying = shared.runjobs()
        sent = rails.ask("enqueue", "SlowJob", ["x"], {"queue": "python"})
        until(lambda: rails.ask("read")["workers"])

        dying.send_to_all(signal.SIGKILL)
        shared.client.delete("slow")
        shared.runjobs()

        [line] = shared.lines(1)
        assert line["job_id"] == sent["job_id"]

    def test_ruby_alone_takes_up_what_our_dead_worker_gave_back(
        self, shared: Shared, rails: Console
    ) -> None:
        shared.client.set("slow", "1")
        dying = shared.runjobs()
        job = SlowJob.set(queue="python").perform_later("x")
        until(lambda: rails.ask("read")["workers"])
        dying.send_to_all(signal.SIGKILL)
        undertaker = shared.runjobs("--queues", "nothing")
        until(lambda: given_back(rails))
        undertaker.kill_all()

        [entry] = given_back(rails)
        shared.client.delete("slow")
        shared.sidekiq("python")

        [line] = shared.lines(1)
        assert job
        assert entry["error_class"].endswith("ProcessCrashed")
        assert (line["job_id"], line["provider_job_id"]) == (job.job_id, job.provider_job_id)
