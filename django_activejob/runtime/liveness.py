"""Whether what `runjobs` has started on this host is at work, as others can see it."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from django_activejob import clock, handler
from django_activejob.contracts import ProcessRecord
from django_activejob.errors import ActiveJobError

from .configuration import Plan


def problems(plan: Plan, *, supervisor_pid: int | None) -> list[str]:
    """What keeps the processes of this host from being called alive; empty when nothing does.

    A worker that beats also claims: one whose claiming thread hangs ends itself. Beats are
    compared with the clock of this host, so it and the store may differ by some seconds only.

    Args:
        supervisor_pid: looks at the processes of this supervisor alone; None at all of this host.
    """
    aliases = dict.fromkeys(worker.adapter for worker in plan.workers)
    return [found for alias in aliases for found in _problems_of(alias, plan, supervisor_pid)]


def _problems_of(alias: str, plan: Plan, supervisor_pid: int | None) -> list[str]:
    inspector = handler.adapter(alias).inspector()
    if inspector is None:
        return [f"{alias}: the adapter does not tell who works for it."]
    try:
        ours = _ours(inspector.processes(), supervisor_pid)
    except ActiveJobError as error:
        return [f"{alias}: {error}"]
    if not any(process.kind == "worker" for process in ours):
        return [f"{alias}: no worker of this host is registered."]
    return [
        f"{alias}: {process.metadata.get('name', process.kind)} (pid {process.pid}) last beat "
        f"{_silence(process):.0f} s ago."
        for process in ours
        if _silence(process) > plan.timing.self_fence_after
    ]


def _ours(processes: Sequence[ProcessRecord], supervisor_pid: int | None) -> list[ProcessRecord]:
    return [
        process
        for process in processes
        if process.hostname == socket.gethostname()
        and supervisor_pid in (None, process.metadata.get("supervisor_pid"))
    ]


def _silence(process: ProcessRecord) -> float:
    if process.beat_at is None:
        return 0.0
    return (clock.now() - process.beat_at).total_seconds()
