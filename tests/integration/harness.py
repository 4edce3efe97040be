"""A project on disk: its console, its `runjobs`, and the diary of its jobs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.waiting import until

from .stores import Store

ROOT = Path(__file__).parents[2]

QUICK = {"BEAT_INTERVAL": 0.3, "SELF_FENCE_AFTER": 3, "DEAD_AFTER": 4, "MAINTENANCE_INTERVAL": 0.5}
"""Times of a process's life that a test can wait for."""


class Project:
    """A database, a diary, and the processes that a test has started on them."""

    def __init__(self, folder: Path, database: dict[str, Any], *, store: Store) -> None:
        self.folder = folder
        self.store = store
        self.settings: dict[str, Any] = {"QUEUE_ADAPTER": "database", **QUICK}
        self.caches: dict[str, Any] = {}
        self.is_debug = False
        self._apps: list[str] = []
        self.extra_environment: dict[str, str] = {}
        self.database = database
        self._run_database = database
        self._diary = folder / "diary"
        self._clock = folder / "clock"
        self._console: Console | None = None
        self._runs: list[Run] = []

    @property
    def is_postgres(self) -> bool:
        """Whether its engine is PostgreSQL."""
        return str(self.database["ENGINE"]).endswith("postgresql")

    @property
    def is_sqlite(self) -> bool:
        """Whether its database is a file."""
        return str(self.database["ENGINE"]).endswith("sqlite3")

    @property
    def console(self) -> Console:
        """The project's console, started at first use."""
        if self._console is None:
            self._console = Console(self.environment(self.database))
        return self._console

    def act(self, name: str, *arguments: Any) -> int:
        """Have a process do something to its end; returns its exit status."""
        actor = self.start_act(name, *arguments)
        actor.communicate(timeout=60)
        return actor.returncode

    def start_act(self, name: str, *arguments: Any) -> subprocess.Popen[str]:
        """Have a process do something, and go on meanwhile."""
        return subprocess.Popen(
            [
                *(sys.executable, "-W", "error", "-m", "tests.integration.project.acts"),
                *(name, json.dumps(arguments)),
            ],
            env=self.environment(self.database),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run_with(self, database: dict[str, Any]) -> None:
        """Have each later `runjobs` reach the database in another way than the console does."""
        self._run_database = database

    def environment(self, database: dict[str, Any]) -> dict[str, str]:
        """What a process of the project finds in its environment."""
        given = {
            "database": database,
            "active_job": self.settings,
            "caches": self.caches,
            "debug": self.is_debug,
            "apps": self._apps,
        }
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.integration.project.settings",
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(self.folder))),
            "INTEGRATION_SETTINGS": json.dumps(given),
            "INTEGRATION_DIARY": str(self._diary),
            **self.extra_environment,
        }

    def write_app(self, name: str, **modules: str) -> None:
        """Write the modules of an app, and install it in what is started from now on."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        if not (folder / "__init__.py").exists():
            (folder / "__init__.py").touch()
        for module, text in modules.items():
            (folder / f"{module}.py").write_text(text)
        if name not in self._apps:
            self._apps.append(name)

    def runjobs(self, *options: str) -> Run:
        """Start `runjobs`, in a process group of its own."""
        log = self.folder / f"runjobs-{len(self._runs)}.log"
        run = Run(options, environment=self.environment(self._run_database), log=log)
        self._runs.append(run)
        return run

    def runjobs_with_clock(self, *options: str) -> Run:
        """Start `runjobs` on a host whose clock ``move_clock`` moves."""
        if not self._clock.exists():
            self.move_clock(0.0)
        before = dict(self.extra_environment)
        self.extra_environment["INTEGRATION_CLOCK"] = str(self._clock)
        run = self.runjobs(*options)
        self.extra_environment = before
        return run

    def move_clock(self, seconds: float) -> None:
        """Have the clock of that host be ahead by so many seconds."""
        unfinished = self._clock.with_suffix(".unfinished")
        unfinished.write_text(str(seconds))
        unfinished.replace(self._clock)

    def diary(self) -> list[tuple[int, int, str]]:
        """What the jobs have written: number, pid, and "start" or "end"."""
        if not self._diary.exists():
            return []
        lines = [line.split() for line in self._diary.read_text().splitlines()]
        return [(int(number), int(pid), moment) for number, pid, moment in lines]

    def count(self, moment: str) -> Counter[int]:
        """How often each job has begun ("start"), or ended ("end")."""
        return Counter(number for number, _, noted in self.diary() if noted == moment)

    def has_ended(self, numbers: Iterable[int]) -> bool:
        """Whether all these jobs have come to their end at least once."""
        return set(numbers) <= set(self.count("end"))

    def has_begun(self, *numbers: int) -> bool:
        """Whether all these jobs have begun."""
        return set(numbers) <= set(self.count("start"))

    def all_done(self, counts: dict[str, int]) -> bool:
        """Whether the jobs have ended so; the pause after a crash is cut short meanwhile."""
        self.console.dispatch()
        return self.console.counts() == counts

    def pid_of(self, number: int) -> int:
        """The process in which a job began last."""
        return [pid for noted, pid, moment in self.diary() if (noted, moment) == (number, "start")][
            -1
        ]

    def cut_connections(self) -> None:
        """End every session with the database, from its side."""
        self.store.cut_connections(self.database)

    def close_runs(self) -> None:
        """Kill every `runjobs`."""
        for run in self._runs:
            run.kill_all()

    def close(self) -> None:
        """End all that still runs."""
        self.close_runs()
        if self._console is not None:
            self._console.close()


class Console:
    """A process of the project that enqueues and inspects."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.project.console"],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, command: str, *arguments: Any) -> Any:
        """Have one command done; returns its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([command, arguments]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"the console has failed at {command}"
        return json.loads(answer)

    def migrate(self) -> None:
        """Make the tables."""
        self.ask("migrate")

    def enqueue(self, job_class: str, *calls: list[Any]) -> None:
        """Enqueue a job for each list of arguments."""
        self.ask("enqueue", job_class, calls)

    def counts(self) -> dict[str, int]:
        """How many jobs there are, by status; without the zeros."""
        return {status: number for status, number in self.ask("counts").items() if number}

    def dispatch(self) -> None:
        """Make every scheduled job ready: a test does not wait for the pause after a crash."""
        self.ask("dispatch")

    def failures(self) -> list[str]:
        """The classes of the errors of the failed jobs."""
        return list(self.ask("failures"))

    def pids(self, kind: str) -> list[int]:
        """The pids of the registered processes of a kind."""
        return [pid for found, pid in self.ask("processes") if found == kind]

    def close(self) -> None:
        """End the console."""
        self._process.communicate(timeout=60)


class Run:
    """One `runjobs`, with all its processes."""

    def __init__(self, options: Iterable[str], *, environment: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "django_activejob", *options],
                env=environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        """All that its processes have written."""
        return self._log.read_text()

    def until_ready(self, children: int = 1) -> Run:
        """Wait for its children to work."""
        until(lambda: self.log.count("has started") >= children)
        return self

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the supervisor."""
        self.process.send_signal(number)

    def send_to_all(self, number: signal.Signals) -> None:
        """Send a signal to every process of the group, as a terminal does."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return

    def wait(self, within: float = 50.0) -> int:
        """Wait for the supervisor's end; returns its exit status."""
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"runjobs has not ended; its log:\n{self.log}") from None

    def is_empty(self) -> bool:
        """Whether no process of it is left."""
        self.process.poll()
        return not any(_group_of(stat) == self.process.pid for stat in Path("/proc").glob("*/stat"))

    def kill_all(self) -> None:
        """Kill every process of it, and wait until they are gone."""
        self.send_to_all(signal.SIGKILL)
        self.process.wait(60)
        until(self.is_empty)


def _group_of(stat: Path) -> int | None:
    """The process group of a living process; one that only waits to be reaped has none."""
    try:
        state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
    except (OSError, ValueError):
        return None
    return None if state == "Z" else int(group)
