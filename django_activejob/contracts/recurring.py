"""Where recurring tasks are kept, and their ticks recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django_activejob.contracts.envelope import Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringTask:
    """A job on a schedule, as a store keeps it.

    ``definition`` is JSON, which the store does not interpret. A static task is declared by
    the settings; the others were made at run time. ``version`` is another text after each
    change. All times are the store's, and None before it has set them.
    """

    key: str
    definition: Mapping[str, Any]
    is_static: bool = True
    is_enabled: bool = True
    version: str = ""
    updated_at: datetime | None = None
    last_tick_at: datetime | None = None  # the last tick that was enqueued or skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One moment of a recurring task for which a job was enqueued."""

    key: str
    run_at: datetime
    provider_job_id: str | None = None


class RecurringStore(Protocol):
    """The recurring tasks of an adapter, and what was enqueued for them.

    Every call may raise AdapterUnavailable. Any thread may call.
    """

    def now(self) -> datetime:
        """The time by the store's clock, which alone decides what is due."""

    def tasks(self) -> Sequence[RecurringTask]:
        """All tasks, by key."""

    def find(self, key: str) -> RecurringTask | None:
        """The task with this key."""

    def declare(self, tasks: Sequence[RecurringTask], *, as_of: datetime) -> None:
        """Makes the static tasks those that the settings declare.

        The newest settings win: a task that settings of a later time have declared is left as
        it is. A task whose definition is the same keeps its version, its last tick, and
        whether people have disabled it.

        Args:
            as_of: when the settings were read, by the store's clock.
        """

    def retire(self, keys: Sequence[str], *, as_of: datetime) -> int:
        """Removes static tasks that only settings older than ``as_of`` declare.

        Args:
            keys: the tasks that the settings of that time declare; they stay.

        Returns:
            How many were removed.
        """

    def add(self, task: RecurringTask) -> bool:
        """Adds a task that is not static, or replaces it; False when a static one has its key."""

    def remove(self, key: str) -> bool:
        """Removes a task that is not static; False when there is none with this key."""

    def enable(self, key: str, is_enabled: bool) -> bool:
        """Lets a task tick, or not; False when there is none with this key."""

    def tick(
        self,
        task: RecurringTask,
        run_at: datetime,
        envelope: Envelope,
        *,
        enqueue: Callable[[Envelope], str | None] | None = None,
    ) -> str | None:
        """Records a tick and enqueues its job: both or neither, and once for each moment.

        Args:
            enqueue: how another adapter, whose tasks are kept here, accepts the job. The tick
                is recorded when it has; a crash in between leads to a second job, not to none.

        Returns:
            The adapter's own id of the job.

        Raises:
            TickRefused: the moment has its job, or the task is gone, disabled or changed.
            EnqueueError: the job is refused.
        """

    def skip(self, task: RecurringTask, run_at: datetime) -> bool:
        """Notes that nothing is enqueued up to ``run_at``; False when that was known."""

    def latest_ticks(self) -> Sequence[Tick]:
        """For each task the tick at its ``last_tick_at``; none where no job was enqueued then."""

    def ticks(self, key: str, *, limit: int) -> Sequence[Tick]:
        """The ticks of a task, the newest first."""
