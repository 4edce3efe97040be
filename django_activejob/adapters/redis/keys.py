"""Every key in Redis, spelled once.

Sidekiq's own keys first; ours lie under ``activejob:``, where neither Sidekiq nor its Web UI looks.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property


class Keys:
    """The names of all keys of one deployment.

    Args:
        namespace: put before every key with a colon, as the gem redis-namespace does, so that
            several deployments share one Redis; empty for Sidekiq's plain keys, which is what
            Sidekiq 7 and newer use.
    """

    def __init__(self, namespace: str = "") -> None:
        self.prefix = f"{namespace}:" if namespace else ""
        self._ours = f"{self.prefix}activejob:"

    # Sidekiq's

    @cached_property
    def queues(self) -> str:
        """Set: the name of every queue that was ever used."""
        return f"{self.prefix}queues"

    def queue(self, name: str) -> str:
        """List: the ready jobs of a queue; the next one is the last."""
        return f"{self.prefix}queue:{name}"

    @cached_property
    def schedule(self) -> str:
        """Sorted set: jobs by the epoch seconds when they are due."""
        return f"{self.prefix}schedule"

    @cached_property
    def retry(self) -> str:
        """Sorted set: failed jobs by the epoch seconds of their next execution."""
        return f"{self.prefix}retry"

    @cached_property
    def dead(self) -> str:
        """Sorted set: jobs that failed for good, by the epoch seconds when they did."""
        return f"{self.prefix}dead"

    @cached_property
    def paused(self) -> str:
        """Set: the names of the paused queues, as Sidekiq Pro keeps them."""
        return f"{self.prefix}paused"

    @cached_property
    def processes(self) -> str:
        """Set: the identities of the processes that Sidekiq's Web UI shows."""
        return f"{self.prefix}processes"

    def process(self, identity: str) -> str:
        """Hash: what a process said with its last beat."""
        return f"{self.prefix}{identity}"

    def work(self, identity: str) -> str:
        """Hash: the jobs that a process performs, for Sidekiq 6.5 and newer."""
        return f"{self.prefix}{identity}:work"

    def workers(self, identity: str) -> str:
        """Hash: the same, for Sidekiq up to 6.4."""
        return f"{self.prefix}{identity}:workers"

    def signals(self, identity: str) -> str:
        """List: what Sidekiq's Web UI wants of a process; the oldest signal is the last."""
        return f"{self.prefix}{identity}-signals"

    @cached_property
    def processed(self) -> str:
        """Number: the executions that ended, well or not."""
        return f"{self.prefix}stat:processed"

    @cached_property
    def failed(self) -> str:
        """Number: the executions that ended with an error."""
        return f"{self.prefix}stat:failed"

    def processed_on(self, day: date) -> str:
        """Number: the executions that ended on a day, in UTC."""
        return f"{self.processed}:{day.isoformat()}"

    def failed_on(self, day: date) -> str:
        """Number: the executions that ended with an error on a day, in UTC."""
        return f"{self.failed}:{day.isoformat()}"

    def metrics(self, window: str) -> str:
        """Hash: executions, failures and milliseconds by class, of a minute or ten."""
        return f"{self.prefix}j|{window}"

    def histogram(self, job_class: str, minute: str) -> str:
        """26 counters of 16 bits: how long a class's jobs ran in a minute, up to Sidekiq 7."""
        return f"{self.prefix}{job_class}-{minute}"

    def histogram_8(self, job_class: str, minute: str) -> str:
        """The same, from Sidekiq 8."""
        return f"{self.prefix}h|{job_class}-{minute}"

    # Ours

    @cached_property
    def owners(self) -> str:
        """Set: the ids of the processes that may hold claims; only a burial removes one."""
        return f"{self._ours}owners"

    def owner(self, process_id: str) -> str:
        """Hash: a process as we know it; unlike Sidekiq's, it never expires."""
        return f"{self._ours}owner:{process_id}"

    @cached_property
    def beats(self) -> str:
        """Sorted set: the ids of the processes that may claim, by their last beat."""
        return f"{self._ours}beats"

    def claims(self, process_id: str) -> str:
        """Hash: what a process holds: by token, the exact string, framed with its queue."""
        return f"{self._ours}claims:{process_id}"

    @cached_property
    def claimed(self) -> str:
        """Number: the claims that were ever made, of which tokens are made."""
        return f"{self._ours}claimed"

    @cached_property
    def cancelled(self) -> str:
        """Hash: by token, since which epoch second an operator wants a claim to end."""
        return f"{self._ours}cancelled"

    @cached_property
    def wake(self) -> str:
        """Channel: the name of a queue that was empty and has a job now."""
        return f"{self._ours}wake"

    @cached_property
    def limits(self) -> str:
        """Set: the limit keys that have holders or blocked jobs."""
        return f"{self._ours}limits"

    def semaphore(self, limit_key: str) -> str:
        """Hash: how many permits a limit has, and for how many seconds each counts."""
        return f"{self._ours}semaphore:{limit_key}"

    def holders(self, limit_key: str) -> str:
        """Sorted set: the ids of the jobs that hold a permit, by when they count no more."""
        return f"{self._ours}holders:{limit_key}"

    def blocked(self, limit_key: str) -> str:
        """List: the jobs that wait for a permit of a limit, framed; the next one is the last."""
        return f"{self._ours}blocked:{limit_key}"

    def unique(self, unique_key: str) -> str:
        """Text: the id of the job that holds a lock; expires with the lock."""
        return f"{self._ours}unique:{unique_key}"

    @cached_property
    def recurring(self) -> str:
        """Set: the keys of the recurring tasks."""
        return f"{self._ours}recurring"

    def recurring_task(self, recurring_key: str) -> str:
        """Hash: a recurring task."""
        return f"{self._ours}recurring:{recurring_key}"

    def ticks(self, recurring_key: str) -> str:
        """Sorted set: the ticks of a recurring task that were enqueued, by their time."""
        return f"{self._ours}ticks:{recurring_key}"

    def tallies(self, span: int, began: int) -> str:
        """Hash: what executions came to in the minute, or the hour, that began then."""
        return f"{self._ours}tallies:{span}:{began}"

    def failures(self, span: int, began: int) -> str:
        """Hash: of what jobs failed in the minute, or the hour, that began then."""
        return f"{self._ours}failures:{span}:{began}"
