"""What happens to processes: they are killed, stopped, told to end, cut off."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.integration.harness import Project, Run

RUNS = 2
OPTIONS = ("--processes", "2", "--threads", "3")
STALLS = (6.0, 6.0, 14.0)  # seconds: longer than the time after which the silent are buried
TURN = 0.05  # seconds


class Trouble:
    """Makes trouble every few seconds, and starts anew what has died, in a thread of its own.

    All state is that thread's, until ``end`` has waited for it. ``disturbed`` are the pids in
    which a job may have been cut off, and so run again.
    """

    def __init__(self, project: Project, dice: random.Random) -> None:
        self._project = project
        self._dice = dice
        self._runs = [project.runjobs(*OPTIONS) for _ in range(RUNS)]
        self._next = time.monotonic() + 3.0
        self._stalled: list[tuple[float, Run]] = []
        self._count: Counter[str] = Counter()
        self.disturbed: set[int] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()

    def _go_on(self) -> None:
        # Those who stand still must be woken whatever the load waits for.
        while not self._ended.wait(TURN):
            self._make()

    def _make(self) -> None:
        """Makes some trouble when it is time."""
        self._wake_stalled()
        self._replace_dead()
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._dice.uniform(1.0, 4.0)
        kinds = ["worker", "worker", "supervisor", "tree", "term", "stall"]
        if not self._project.is_sqlite:
            kinds.append("cut")
        kind = self._dice.choice(kinds)
        self._count[kind] += 1
        getattr(self, f"_{kind}")()

    def facts(self) -> dict[str, Any]:
        """For the progress line."""
        return {"trouble": dict(self._count)}

    def end(self) -> None:
        """No more of it; what stands still goes on."""
        self._ended.set()
        self._thread.join()
        self._stalled = [(0.0, run) for _, run in self._stalled]
        self._wake_stalled()
        self._replace_dead()

    def stop_all(self) -> list[int]:
        """Tells all to end in order; gives their exit statuses."""
        for run in self._runs:
            run.send(signal.SIGTERM)
        return [run.wait(30) for run in self._runs]

    @property
    def logs(self) -> str:
        """What the processes that still run have said."""
        return "".join(run.log for run in self._runs)

    def _worker(self) -> None:
        children = _children(self._pick().process.pid)
        if children:
            self._kill(self._dice.choice(children))

    def _supervisor(self) -> None:
        # Its children stop in order, but do not wait for jobs for ever.
        run = self._pick()
        self.disturbed |= set(_children(run.process.pid))
        self._kill(run.process.pid)

    def _tree(self) -> None:
        run = self._pick()
        self.disturbed |= {run.process.pid, *_children(run.process.pid)}
        run.send_to_all(signal.SIGKILL)

    def _term(self) -> None:
        run = self._pick()
        self.disturbed |= set(_children(run.process.pid))
        run.send(signal.SIGTERM)

    def _stall(self) -> None:
        run = self._pick()
        self.disturbed |= set(_children(run.process.pid))
        run.send_to_all(signal.SIGSTOP)
        self._stalled.append((time.monotonic() + self._dice.choice(STALLS), run))

    def _cut(self) -> None:
        self._project.cut_connections()

    def _kill(self, pid: int) -> None:
        self.disturbed.add(pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def _pick(self) -> Run:
        return self._dice.choice(self._runs)

    def _wake_stalled(self) -> None:
        for entry in [entry for entry in self._stalled if entry[0] <= time.monotonic()]:
            self._stalled.remove(entry)
            entry[1].send_to_all(signal.SIGCONT)

    def _replace_dead(self) -> None:
        for place, run in enumerate(self._runs):
            if run.process.poll() is not None:
                self._runs[place] = self._project.runjobs(*OPTIONS)


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
