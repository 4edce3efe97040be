"""Jobs that tell what their thread is like."""

from __future__ import annotations

import threading
from typing import Any

from django.db import connections, transaction
from django.utils import timezone, translation

from django_activejob import ActiveJob, retry_on, throttle
from django_activejob.adapters.thread_pool import AsyncAdapter
from tests.jobs import buffer
from tests.shop.models import Person

gate = threading.Event()


class WaitAtTheGateJob(ActiveJob):
    """Runs until the test opens the gate."""

    def perform(self, name: str) -> None:
        buffer.add(f"{name} waits")
        assert gate.wait(10)
        buffer.add(f"{name} goes on")


class TellJob(ActiveJob):
    def perform(self) -> None:
        buffer.add(
            {
                "thread": threading.current_thread().name,
                "locale": translation.get_language(),
                "timezone": timezone.get_current_timezone_name(),
                "provider_job_id": self.provider_job_id,
            }
        )


class RememberJob(ActiveJob):
    def perform(self, *values: Any) -> None:
        buffer.add(values)


@throttle(to=2, per=60)
class ThrottledJob(ActiveJob):
    def perform(self, number: int) -> None:
        buffer.add(number)


@retry_on(ZeroDivisionError, wait=5, jitter=0)
class SecondTimeLuckyJob(ActiveJob):
    def perform(self) -> None:
        buffer.add(self.executions)
        if self.executions == 1:
            raise ZeroDivisionError


class CountPeopleJob(ActiveJob):
    """Leaves its connection in the middle of a transaction."""

    def perform(self) -> None:
        found = len(connections.all(initialized_only=True))
        transaction.set_autocommit(False)
        buffer.add({"connections found": found, "people": Person.objects.count()})


class OpaqueJob(ActiveJob):
    """Has a key of its own that no store could keep."""

    def serialize(self) -> Any:
        return {**super().serialize(), "own": object()}

    def perform(self) -> None:
        buffer.add("performed")


class ShutdownJob(ActiveJob):
    def perform(self) -> None:
        adapter = self.queue_adapter
        assert isinstance(adapter, AsyncAdapter)
        adapter.shutdown()
        buffer.add("shut down")
