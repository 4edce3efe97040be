"""Children that are programs of their own, where a copy of the supervisor would not do."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, NoReturn

from .birth import Birth
from .child import Child, take_leave_of_stores
from .configuration import Bounds, ProcessPlan, Timing, WorkerPlan
from .heartbeat import Death
from .process import live_and_exit
from .started import StartedPage


def spawn(plan: ProcessPlan, predecessors: Sequence[Death]) -> Child:
    """Starts a child in a fresh interpreter, which lives by a plan.

    macOS ends processes that use its frameworks after a fork, and some libraries (gRPC) do
    not survive one. What the child has to know is JSON in a file without a name, the page in
    which it marks what it starts is another.

    Raises:
        OSError: the host has no more processes, files or memory to give.
    """
    take_leave_of_stores()
    process_id = uuid.uuid4().hex
    slots = plan.worker.slots if plan.worker else 0
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with tempfile.TemporaryFile() as memory, tempfile.TemporaryFile("w+") as order:
        page = StartedPage(slots=slots, descriptor=memory.fileno())
        facts = {
            "plan": asdict(plan),
            "process_id": process_id,
            "supervisor_pid": os.getpid(),
            "news": writing,
            "page": memory.fileno(),
            "predecessors": [asdict(death) for death in predecessors],
        }
        json.dump(facts, order)
        order.flush()
        try:
            pid = _start(order.fileno(), inherited=(writing, memory.fileno(), order.fileno()))
        except OSError:
            os.close(reading)
            page.close()
            raise
        finally:
            os.close(writing)
    return Child(pid=pid, process_id=process_id, news=reading, page=page)


def live_as_told(descriptor: int) -> NoReturn:
    """Lives the life of a spawned child.

    Args:
        descriptor: the file that says how, from the supervisor.
    """
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(descriptor) as order:
        facts = json.load(order)
    plan = _plan(facts["plan"])
    birth = Birth(
        process_id=facts["process_id"],
        supervisor_pid=facts["supervisor_pid"],
        news=facts["news"],
        page=StartedPage(slots=plan.worker.slots if plan.worker else 0, descriptor=facts["page"]),
        predecessors=tuple(map(_death, facts["predecessors"])),
    )
    live_and_exit(plan, birth)


def _start(order: int, *, inherited: Sequence[int]) -> int:
    for descriptor in inherited:
        os.set_inheritable(descriptor, True)
    warnings = [f"-W{option}" for option in sys.warnoptions]
    command = [
        *(sys.executable, *warnings, "-m", "django_activejob"),
        *("--skip-checks", "--spawned", str(order)),
    ]
    # As multiprocessing does: the child finds its modules where we do.
    paths = os.pathsep.join(path for path in sys.path if path)
    return os.posix_spawn(sys.executable, command, {**os.environ, "PYTHONPATH": paths})


def _plan(facts: Mapping[str, Any]) -> ProcessPlan:
    worker = facts["worker"]
    return ProcessPlan(
        name=facts["name"],
        worker=None if worker is None else WorkerPlan(**_with_tuples(worker)),
        chores_for=tuple(facts["chores_for"]),
        timing=Timing(**facts["timing"]),
        bounds=Bounds(**facts["bounds"]),
    )


def _death(facts: Mapping[str, Any]) -> Death:
    return Death(**_with_tuples(facts))


def _with_tuples(facts: Mapping[str, Any]) -> dict[str, Any]:
    """JSON knows lists only, and our values have tuples."""
    return {name: tuple(v) if isinstance(v, list) else v for name, v in facts.items()}
