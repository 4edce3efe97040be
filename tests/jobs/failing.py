from __future__ import annotations

from django_activejob import ActiveJob, discard_on, retry_on
from tests.jobs import buffer


class Flaky(Exception):
    pass


class Other(Exception):
    pass


class Hopeless(Exception):
    pass


@discard_on(Hopeless)
@retry_on(Flaky, Other, wait=0, attempts=4, jitter=0)
class FailingJob(ActiveJob):
    """Raises the errors named, one an execution, then succeeds."""

    def perform(self, errors: list[str]) -> None:
        if self.executions <= len(errors):
            name = errors[self.executions - 1]
            buffer.add(f"raised {name} on execution {self.executions}")
            raise {"Flaky": Flaky, "Other": Other, "Hopeless": Hopeless, "Value": ValueError}[name]
        buffer.add(f"succeeded on execution {self.executions}")
