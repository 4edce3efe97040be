"""The jobs of the Rails application, in Python: under the same names, and as busy."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import redis

from django_activejob import ActiveJob, queue_as, retry_on
from django_activejob.serialization import Symbol
from django_activejob.sidekiq import SidekiqJob


class BrokenError(Exception):
    """Raised as long as the key "broken" is there."""


class EchoJob(ActiveJob):
    """Writes down what it was given."""

    wire_name = "EchoJob"

    def perform(self, *args: Any, **kwargs: Any) -> None:
        """Add a line to the diary."""
        write(
            **{"class": type(self).wire_name, "job_id": self.job_id, "locale": self.locale},
            provider_job_id=self.provider_job_id,
            queue_name=self.queue_name,
            executions=self.executions,
            args=seen(list(args)),
            kwargs=seen({Symbol(name): value for name, value in kwargs.items()}),
        )


class BreakableJob(EchoJob):
    """Fails while things are broken."""

    wire_name = "BreakableJob"

    def perform(self, *args: Any) -> None:
        """Break down, or write."""
        break_down()
        super().perform(*args)


@retry_on(BrokenError, wait=1, attempts=10, jitter=0)
class RetriedJob(BreakableJob):
    """Is retried by its own class, without much of a pause."""

    wire_name = "RetriedJob"


class SlowJob(EchoJob):
    """Takes as long as the key "slow" is there."""

    wire_name = "SlowJob"

    def perform(self, *args: Any) -> None:
        """Wait, and write."""
        while client().exists("slow"):
            time.sleep(0.02)
        super().perform(*args)


@queue_as("ruby")
class DailyJob(EchoJob):
    """Has the name of a class in a module of Ruby's."""

    wire_name = "Reports::DailyJob"


class HardWorker(SidekiqJob):
    """A worker without Active Job."""

    def perform(self, *args: Any) -> None:
        """Break down, or write."""
        break_down()
        write(**{"class": "HardWorker"}, jid=self.provider_job_id, args=seen(list(args)))


def break_down() -> None:
    """Raise BrokenError while the key "broken" is there."""
    if client().exists("broken"):
        raise BrokenError("broken é世")


def seen(value: Any) -> Any:
    """A value as Ruby would describe it."""
    from tests.wire.ruby import as_ruby_saw

    return as_ruby_saw(value)


def write(**facts: Any) -> None:
    """Add a line to the diary."""
    client().rpush("diary", json.dumps(facts, default=str))


def client() -> redis.Redis:
    """The server that REDIS_URL names."""
    return redis.Redis.from_url(os.environ["REDIS_URL"], protocol=2)
