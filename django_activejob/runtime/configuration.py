"""What `runjobs` starts: settings and command options become a plan."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

from django_activejob import handler
from django_activejob.conf import Settings, WorkerSettings
from django_activejob.errors import ConfigurationError

from .queue_order import EXCLUDED

StartMethod = Literal["fork", "spawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says; None leaves the word to the settings."""

    queues: tuple[str, ...] | None = None
    weights: tuple[tuple[str, int], ...] | None = None
    processes: int | None = None
    threads: int | None = None
    concurrency: int | None = None
    adapter: str | None = None
    shutdown_timeout: float | None = None
    drain: bool = False
    max_jobs: int | None = None
    max_memory: int | None = None
    start_method: StartMethod | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The times of a process's life, in seconds."""

    shutdown_timeout: float = 25.0
    beat_interval: float = 5.0
    self_fence_after: float = 20.0
    dead_after: float = 30.0
    maintenance_interval: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """When a worker leaves by itself; None means never.

    After ``max_jobs``, or with more than ``max_memory`` megabytes, it is replaced; with
    ``drains``, it leaves for good as soon as no job is ready or due.
    """

    max_jobs: int | None = None
    max_memory: int | None = None
    drains: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPlan:
    """A worker: the alias that it works for, its queues in order, its threads.

    ``weights`` is empty, or has one for each queue. With a ``concurrency`` it performs so
    many jobs at once on an event loop; ``threads`` are then for what may block around them.
    """

    adapter: str
    queues: tuple[str, ...]
    threads: int
    weights: tuple[int, ...] = ()
    concurrency: int | None = None

    @property
    def slots(self) -> int:
        """How many jobs it performs at once."""
        return self.concurrency or self.threads


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessPlan:
    """One child process: a worker, or the chores of some aliases, or both."""

    name: str
    worker: WorkerPlan | None
    chores_for: tuple[str, ...]
    timing: Timing
    bounds: Bounds = Bounds()

    @property
    def adapters(self) -> tuple[str, ...]:
        """The aliases that the process works for."""
        if self.worker is None:
            return self.chores_for
        return tuple(dict.fromkeys((self.worker.adapter, *self.chores_for)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that one `runjobs` starts."""

    processes: tuple[ProcessPlan, ...]
    timing: Timing
    start_method: StartMethod = "fork"

    @property
    def workers(self) -> tuple[WorkerPlan, ...]:
        """The workers, one for each process that has one."""
        return tuple(plan.worker for plan in self.processes if plan.worker is not None)


def plan(settings: Settings, options: Options) -> Plan:
    """Lays out the processes: the workers, and one more for the chores unless one is enough.

    Raises:
        ConfigurationError: an option does not fit, or an adapter has no work for workers.
    """
    _check_numbers(options)
    timing = _timing(settings, options)
    workers = [
        worker
        for entry in _entries(settings, options)
        for worker in [_worker_plan(entry, settings)] * entry.processes
    ]
    aliases = tuple(dict.fromkeys(worker.adapter for worker in workers))
    for alias in aliases:
        _check_serves_workers(alias)
    for worker in workers:
        _check_exclusions(worker)
    bounds = Bounds(max_jobs=options.max_jobs, max_memory=options.max_memory, drains=options.drain)
    processes = _draining(workers) if options.drain else _processes(workers, aliases)
    whole = tuple(replace(process, timing=timing, bounds=bounds) for process in processes)
    method = options.start_method or _start_method_here()
    return Plan(processes=whole, timing=timing, start_method=method)


def _start_method_here() -> StartMethod:
    # Apple's frameworks, which a mere name look-up may load, end a process that was forked.
    return "spawn" if sys.platform == "darwin" else "fork"


def _check_numbers(options: Options) -> None:
    for name in ("processes", "threads", "concurrency", "max_jobs", "max_memory"):
        number = getattr(options, name)
        if number is not None and number < 1:
            raise ConfigurationError(
                f"--{name.replace('_', '-')}: {number} is too few; give 1 or more."
            )
    if options.shutdown_timeout is not None and options.shutdown_timeout < 0:
        raise ConfigurationError("--shutdown-timeout: give 0 or more seconds.")
    if options.queues is not None and not options.queues:
        raise ConfigurationError("--queues: name at least one queue, or leave the option out.")


def _timing(settings: Settings, options: Options) -> Timing:
    timing = Timing(**{item.name: getattr(settings, item.name) for item in fields(Timing)})
    if options.shutdown_timeout is None:
        return timing
    return replace(timing, shutdown_timeout=options.shutdown_timeout)


def _entries(settings: Settings, options: Options) -> list[WorkerSettings]:
    entries = list(settings.workers)
    if options.adapter is not None:
        entries = _entries_of(options.adapter, settings)
    if options.queues is not None:
        entries = [replace(entries[0], queues=options.queues, weights=())]
    if options.weights is not None:
        entries = [replace(entries[0], weights=options.weights)]
    return [
        replace(
            entry,
            processes=options.processes or entry.processes,
            threads=options.threads or entry.threads,
            concurrency=options.concurrency or entry.concurrency,
        )
        for entry in entries
    ]


def _entries_of(alias: str, settings: Settings) -> list[WorkerSettings]:
    named = [e for e in settings.workers if (e.adapter or settings.queue_adapter) == alias]
    return named or [WorkerSettings(adapter=alias)]


def _worker_plan(entry: WorkerSettings, settings: Settings) -> WorkerPlan:
    return WorkerPlan(
        adapter=entry.adapter or settings.queue_adapter,
        queues=tuple(name for name, _ in entry.weights) or entry.queues,
        threads=entry.threads,
        weights=tuple(weight for _, weight in entry.weights),
        concurrency=entry.concurrency,
    )


def _check_serves_workers(alias: str) -> None:
    adapter = handler.adapter(alias)
    if adapter.source("0" * 32) is None or adapter.registry() is None:
        raise ConfigurationError(
            f"queue adapter {alias!r}: its jobs need no worker, so there is nothing to run here. "
            'Set ACTIVE_JOB["QUEUE_ADAPTER"] to an adapter that keeps jobs, such as "database", '
            "or name one with --adapter."
        )


def _check_exclusions(worker: WorkerPlan) -> None:
    excluded = [name for name in worker.queues if name.startswith(EXCLUDED)]
    if excluded and worker.weights:
        raise ConfigurationError(f"queues {', '.join(excluded)}: weights leave nothing out.")
    if excluded and handler.adapter(worker.adapter).inspector() is None:
        raise ConfigurationError(
            f"queues {', '.join(excluded)}: the adapter {worker.adapter!r} does not tell which "
            "queues there are, so none can be left out. Name those that are wanted."
        )


def _processes(workers: Sequence[WorkerPlan], aliases: tuple[str, ...]) -> list[ProcessPlan]:
    if len(workers) == 1:
        return [_process("worker-1", workers[0], chores_for=aliases)]
    return [
        *(_process(f"worker-{number}", worker) for number, worker in enumerate(workers, start=1)),
        _process("dispatcher", None, chores_for=aliases),
    ]


def _draining(workers: Sequence[WorkerPlan]) -> list[ProcessPlan]:
    # Each looks by itself for what is due, so that it knows when nothing is left.
    return [
        _process(f"worker-{number}", worker, chores_for=(worker.adapter,))
        for number, worker in enumerate(workers, start=1)
    ]


def _process(
    name: str, worker: WorkerPlan | None, *, chores_for: tuple[str, ...] = ()
) -> ProcessPlan:
    return ProcessPlan(name=name, worker=worker, chores_for=chores_for, timing=Timing())
