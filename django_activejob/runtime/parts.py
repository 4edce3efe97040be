"""What one process is made of: its heartbeats, its worker, its dispatchers, its schedulers."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django_activejob import clock, handler, signals
from django_activejob.contracts import Command, ProcessRecord, QueueAdapter
from django_activejob.instrumentation import notify
from django_activejob.recurring.keeping import place_of

from . import memory
from .birth import Birth
from .configuration import ProcessPlan, WorkerPlan
from .dispatcher import Dispatcher
from .heartbeat import Heartbeat
from .scheduler import Scheduler
from .worker import Worker


class Parts:
    """One heartbeat for each adapter that the process works for, and the work itself.

    Used by the main thread alone.

    Args:
        obey: what to do with an operator's command.
        when_news: called when a heartbeat has something to tell.
    """

    def __init__(
        self,
        plan: ProcessPlan,
        birth: Birth,
        *,
        obey: Callable[[Command], None],
        when_news: Callable[[], None],
    ) -> None:
        self.worker: Worker | None = None
        self._plan = plan
        self._birth = birth
        self._obey = obey
        self._when_news = when_news
        self._heartbeats: list[Heartbeat] = []
        self._dispatchers: list[Dispatcher | Scheduler] = []
        self._scheduled: list[QueueAdapter] = []
        self._waiting: list[tuple[Heartbeat, Worker | Dispatcher | Scheduler]] = []
        for alias in plan.adapters:
            self._add(alias, handler.adapter(alias))

    # Beginning

    def start(self) -> None:
        """Starts registering; work begins with ``start_registered``."""
        for heartbeat in self._heartbeats:
            heartbeat.start()

    def start_registered(self) -> bool:
        """Starts what works for adapters that know the process; returns whether that is all."""
        for heartbeat, part in [entry for entry in self._waiting if entry[0].is_registered]:
            self._waiting.remove((heartbeat, part))
            part.start()
        return not self._waiting

    # Health

    @property
    def failure(self) -> BaseException | None:
        """Why the process could not register, if so."""
        return next((heart.failure for heart in self._heartbeats if heart.failure), None)

    @property
    def is_pruned(self) -> bool:
        """Whether others have given the process up for dead."""
        learned_by_claiming = self.worker is not None and self.worker.is_pruned
        return learned_by_claiming or any(heart.is_pruned for heart in self._heartbeats)

    def silence(self) -> float:
        """Seconds since the worker's store last learned that the process lives."""
        if self.worker is None:
            return 0.0
        return self._heartbeats[0].silence()

    def have_drained(self) -> bool:
        """Whether no job was left, neither ready nor due, when it was last looked for."""
        dispatchers = [part for part in self._dispatchers if isinstance(part, Dispatcher)]
        rested = all(dispatcher.has_rested() for dispatcher in dispatchers)
        return rested and self.worker is not None and self.worker.has_drained()

    def are_alive(self) -> bool:
        """Whether every thread that ought to run does."""
        parts: list[Heartbeat | Worker | Dispatcher | Scheduler] = [
            *self._heartbeats,
            *self._dispatchers,
        ]
        if self.worker is not None:
            parts.append(self.worker)
        return all(part.is_alive() for part in parts)

    # Ending

    def stop(self) -> None:
        """Ends claiming and chores, and gives back the claims that have not begun."""
        for heartbeat in self._heartbeats:
            notify(signals.process_stopping, adapter=heartbeat.adapter, process=heartbeat.record)
        for dispatcher in self._dispatchers:
            dispatcher.end()
        if self.worker is not None:
            self.worker.quiet()
            self.worker.give_back_waiting()

    def deregister(self, *, until: float) -> None:
        """Leaves the registries, which gives back what is still held; ends all threads.

        Args:
            until: the moment of the monotonic clock at which nothing is waited for any more.
        """
        for heartbeat in self._heartbeats:
            heartbeat.end()
        self._end(until)

    def fall_silent(self, *, until: float) -> None:
        """Ends all threads and stays registered: who buries this process settles what it holds.

        Args:
            until: the moment of the monotonic clock at which nothing is waited for any more.
        """
        for heartbeat in self._heartbeats:
            heartbeat.fall_silent()
        self._end(until)

    def _end(self, until: float) -> None:
        for heartbeat in self._heartbeats:
            heartbeat.join(until=until)
        if self.worker is not None:
            self.worker.end()
            self.worker.join(until=min(until, clock.monotonic() + 0.3))
        for dispatcher in self._dispatchers:
            dispatcher.join(until=until)

    # Making

    def _add(self, alias: str, adapter: QueueAdapter) -> None:
        heartbeat = self._heartbeat(alias, adapter)
        self._heartbeats.append(heartbeat)
        plan = self._plan.worker
        if plan is not None and plan.adapter == alias:
            self.worker = self._worker(plan, adapter, heartbeat)
            self._waiting.append((heartbeat, self.worker))
        if alias in self._plan.chores_for:
            self._add_upkeep(adapter, heartbeat)

    def _add_upkeep(self, adapter: QueueAdapter, heartbeat: Heartbeat) -> None:
        added: list[Dispatcher | Scheduler] = [Dispatcher(adapter, timing=self._plan.timing)]
        if not self._plan.bounds.drains:
            added += self._schedulers(adapter)
        self._dispatchers += added
        self._waiting += [(heartbeat, part) for part in added]

    def _schedulers(self, adapter: QueueAdapter) -> list[Scheduler]:
        place = place_of(adapter)
        # Several adapters may have their tasks kept in one place.
        if place is None or place.adapter in self._scheduled:
            return []
        self._scheduled.append(place.adapter)
        return [Scheduler(place.adapter, place.store)]

    def _heartbeat(self, alias: str, adapter: QueueAdapter) -> Heartbeat:
        return Heartbeat(
            adapter,
            self._record(alias, adapter),
            interval=self._plan.timing.beat_interval,
            predecessors=self._birth.predecessors,
            held=self._held,
            vitals=self._vitals,
            obey=self._obey,
            when_news=self._when_news,
        )

    def _held(self) -> Sequence[str]:
        return self.worker.held() if self.worker is not None else ()

    def _vitals(self) -> Mapping[str, Any]:
        vitals: dict[str, Any] = {"memory": memory.resident(), "load": os.getloadavg()[0]}
        if self.worker is not None:
            vitals["busy"] = self.worker.busy()
            vitals["quiet"] = self.worker.is_quiet
        return vitals

    def _worker(self, plan: WorkerPlan, adapter: QueueAdapter, heartbeat: Heartbeat) -> Worker:
        source = adapter.source(self._birth.process_id)
        if source is None:
            raise RuntimeError(f"{plan.adapter}: the adapter gives a worker no source.")
        return Worker(
            plan,
            adapter=adapter,
            source=source,
            process_id=self._birth.process_id,
            page=self._birth.page,
            may_claim=lambda: heartbeat.silence() < self._plan.timing.self_fence_after,
            tallying=heartbeat.tallying,
            most=self._plan.bounds.max_jobs,
        )

    def _duties(self, alias: str, adapter: QueueAdapter) -> Iterator[str]:
        if self._plan.worker is not None and self._plan.worker.adapter == alias:
            yield "worker"
        if alias in self._plan.chores_for:
            yield "dispatcher"
            if adapter.recurring() is not None and not self._plan.bounds.drains:
                yield "scheduler"

    def _record(self, alias: str, adapter: QueueAdapter) -> ProcessRecord:
        metadata: dict[str, Any] = {
            "name": self._plan.name,
            "supervisor_pid": self._birth.supervisor_pid,
            "duties": list(self._duties(alias, adapter)),
        }
        if self._plan.worker is not None:
            metadata["queues"] = list(self._plan.worker.queues)
            metadata["threads"] = self._plan.worker.threads
            if self._plan.worker.concurrency is not None:
                metadata["concurrency"] = self._plan.worker.concurrency
        return ProcessRecord(
            id=self._birth.process_id,
            kind="dispatcher" if self._plan.worker is None else "worker",
            hostname=socket.gethostname(),
            pid=os.getpid(),
            metadata=metadata,
        )
