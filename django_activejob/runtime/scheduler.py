"""Enqueues the jobs of recurring tasks, each tick in its time."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django_activejob import clock, signals
from django_activejob.contracts import QueueAdapter, RecurringStore, RecurringTask
from django_activejob.errors import AdapterUnavailable
from django_activejob.instrumentation import notify
from django_activejob.recurring import definition, misfires, tasks
from django_activejob.recurring.definition import Definition
from django_activejob.recurring.schedule import Schedule
from django_activejob.recurring.ticking import tick

from .outage import Outage
from .threads import start_thread

logger = logging.getLogger(__name__)

LOOK_EVERY: Final = 2.0
"""Seconds between two looks at the tasks of the store."""

_SHORTEST_WAIT: Final = 0.1  # seconds
_TROUBLED_WAIT: Final = timedelta(minutes=1)
_READ_AT: Final = clock.monotonic()  # about when the supervisor, before its forks, read settings


@dataclass(slots=True, kw_only=True)
class _Entry:
    """A task on the agenda; about the ticks up to ``since`` all is decided."""

    task: RecurringTask
    definition: Definition
    schedule: Schedule
    since: datetime
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the store's clock said, and when by ours."""

    moment: datetime
    at: float  # monotonic


class Scheduler:
    """One thread that ticks the recurring tasks of one adapter.

    Any number may run for a store: each tick is enqueued once. The store's clock decides
    what is due; between two looks at it, it is taken to be no further than our own monotonic
    clock says, so that nothing is early.

    State, the thread's own: ``_agenda`` by key, ``_broken`` (the versions of tasks that
    cannot be understood, each told once), and when the store was looked at.
    """

    def __init__(self, adapter: QueueAdapter, store: RecurringStore) -> None:
        self._adapter = adapter
        self._store = store
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._outage = Outage("The schedule")
        self._agenda: dict[str, _Entry] = {}
        self._broken: dict[str, str] = {}
        self._as_of: datetime | None = None
        self._next_look = 0.0  # monotonic
        self._seen = _Seen(moment=clock.now(), at=clock.monotonic())

    def start(self) -> None:
        """Starts the thread."""
        self._thread = start_thread("scheduler", self._run)

    def is_alive(self) -> bool:
        """Whether the thread, if it ought to run, still lives."""
        return self._thread is None or self._ended.is_set() or self._thread.is_alive()

    def end(self) -> None:
        """Ends the thread after the tick that it is at."""
        self._ended.set()

    def join(self, *, until: float) -> None:
        """Waits for the thread to end, to the given moment of the monotonic clock."""
        if self._thread is not None:
            self._thread.join(max(until - clock.monotonic(), 0))

    def _run(self) -> None:
        while not self._ended.is_set():
            self._ended.wait(self._turn())

    def _turn(self) -> float:
        """Does what is due; returns the seconds to wait for what comes next."""
        try:
            if clock.monotonic() >= self._next_look:
                self._look()
            for entry in list(self._agenda.values()):
                self._take_apart(entry)
        except Exception as error:  # noqa: BLE001 - a loop survives everything
            self._next_look = 0.0
            return self._outage.failed(error)
        self._outage.ended()
        return self._wait()

    # The agenda

    def _look(self) -> None:
        present = self._store.now()
        self._seen = _Seen(moment=present, at=clock.monotonic())
        self._declare(present)
        found = {task.key: task for task in self._store.tasks() if task.is_enabled}
        for key in self._agenda.keys() - found.keys():
            del self._agenda[key]
        for task in found.values():
            self._note(task)
        self._next_look = self._seen.at + LOOK_EVERY

    def _declare(self, present: datetime) -> None:
        declared = tasks.declared(self._adapter)
        if self._as_of is None:
            as_of = present - timedelta(seconds=clock.monotonic() - _READ_AT)
            self._store.declare(declared, as_of=as_of)
            self._as_of = as_of
        else:
            # An older process that was replaced may have brought back what we have removed.
            self._store.retire([task.key for task in declared], as_of=self._as_of)

    def _note(self, task: RecurringTask) -> None:
        known = self._agenda.get(task.key)
        if (known is not None and known.task.version == task.version) or (
            self._broken.get(task.key) == task.version
        ):
            return
        self._agenda.pop(task.key, None)
        try:
            self._agenda[task.key] = _entry(task, present=self._now())
        except Exception:
            self._broken[task.key] = task.version
            logger.exception("The recurring task %r cannot be scheduled.", task.key)

    # Ticks

    def _take_apart(self, entry: _Entry) -> None:
        try:
            self._take(entry)
        except AdapterUnavailable:
            raise
        except Exception:
            entry.next_at = self._now() + _TROUBLED_WAIT
            logger.exception(
                "The recurring task %r cannot be worked out; it is tried again in a minute.",
                entry.task.key,
            )

    def _take(self, entry: _Entry) -> None:
        present = self._now()
        if entry.next_at is None or entry.next_at > present or self._ended.is_set():
            return
        decision = misfires.decide(entry.definition, entry.schedule, since=entry.since, now=present)
        if decision.skipped is not None:
            self._skip(entry, *decision.skipped)
        for run_at in decision.run:
            self._tick(entry, run_at)
            entry.since = run_at
        entry.since = decision.until
        entry.next_at = entry.schedule.after(entry.since)

    def _skip(self, entry: _Entry, first: datetime, last: datetime) -> None:
        if self._store.skip(entry.task, last):
            notify(
                signals.recurring_skipped,
                adapter=self._adapter,
                key=entry.task.key,
                first=first,
                last=last,
            )

    def _tick(self, entry: _Entry, run_at: datetime) -> None:
        try:
            tick(entry.task, run_at, adapter=self._adapter, store=self._store)
        except AdapterUnavailable:
            raise  # the tick is tried again, for nothing has been decided about it
        except Exception:
            logger.exception(
                "The recurring task %r could not be enqueued for %s; its next ticks are not "
                "affected.",
                entry.task.key,
                run_at.isoformat(),
            )

    # Time

    def _now(self) -> datetime:
        return self._seen.moment + timedelta(seconds=clock.monotonic() - self._seen.at)

    def _wait(self) -> float:
        next_look = self._next_look - clock.monotonic()
        present = self._now()
        waits = [
            (entry.next_at - present).total_seconds()
            for entry in self._agenda.values()
            if entry.next_at is not None
        ]
        return max(min([next_look, *waits]), _SHORTEST_WAIT)


def _entry(task: RecurringTask, *, present: datetime) -> _Entry:
    defined = definition.read(task.definition)
    schedule = defined.times()
    # What fell due before the task was as it is now is none of its ticks.
    since = max(task.updated_at or present, task.last_tick_at or task.updated_at or present)
    return _Entry(
        task=task,
        definition=defined,
        schedule=schedule,
        since=since,
        next_at=schedule.after(since),
    )
