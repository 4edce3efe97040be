"""What `ps` shows of our processes, where the package setproctitle is installed."""

from __future__ import annotations

import importlib

from .configuration import ProcessPlan


def title_of(plan: ProcessPlan) -> str:
    """The title of a child: "runjobs worker-1: critical, default"."""
    queues = f": {', '.join(plan.worker.queues)}" if plan.worker is not None else ""
    return f"runjobs {plan.name}{queues}"


def show(title: str) -> None:
    """Gives this process a title; without the package it keeps that of its command."""
    try:
        setproctitle = importlib.import_module("setproctitle")
    except ImportError:
        return
    setproctitle.setproctitle(title)
