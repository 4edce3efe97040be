"""Processes among others: forks, descriptors, connections, containers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import until

from .harness import ROOT, Project
from .proxy import Proxy

EAGER = """
from django.apps import AppConfig

class EagerConfig(AppConfig):
    name = "eager"

    def ready(self):
        import warnings
        from django.db import connection
        with warnings.catch_warnings():
            # Django advises against it, with reason; projects do it all the same.
            warnings.simplefilter("ignore")
            connection.ensure_connection()
"""

ORPHANING = """
import subprocess
from tests.integration.project.work.jobs import note

def leave(number):
    subprocess.run(["sh", "-c", "sleep 0.3 &"], check=True)
    note(number, "end")
"""


def descriptors(pid: int) -> list[str]:
    """What the descriptors of a process lead to."""
    found = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(str(link.readlink()))
        except FileNotFoundError:
            continue
    return found


def sockets(pid: int) -> list[str]:
    return [target for target in descriptors(pid) if target.startswith("socket:")]


def status_of(pid: int, name: str) -> str:
    [line] = [
        line
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith(name)
    ]
    return line.split()[1]


class TestForks:
    @pytest.mark.line("RQ-194")
    def test_no_child_shares_a_connection_with_another(self, server_project: Project) -> None:
        # Its code connects while it starts, before any fork; each job then has a new process.
        server_project.write_app("eager", apps=EAGER)
        run = server_project.runjobs("--processes", "2", "--max-jobs", "1", "--threads", "1")
        run.until_ready(children=3)
        assert sockets(run.process.pid) == []
        server_project.console.enqueue("NoteJob", *([number] for number in range(30)))
        until(lambda: server_project.console.counts() == {"finished": 30}, within=90)
        pids = {pid for _, pid, _ in server_project.diary()}
        assert len(pids) == 30
        assert set(server_project.count("start").values()) == {1}
        assert sockets(run.process.pid) == []
        assert "Traceback" not in run.log

    @pytest.mark.line("RQ-195")
    def test_the_supervisor_has_no_thread_whose_locks_a_child_could_inherit(
        self, sqlite_project: Project
    ) -> None:
        # Warnings are errors here: from Python 3.12 on, a fork beside threads would warn.
        run = sqlite_project.runjobs("--processes", "2").until_ready(children=3)
        assert status_of(run.process.pid, "Threads:") == "1"
        sqlite_project.console.enqueue("CrashJob", [1])
        until(lambda: "exited with status 3" in run.log)
        run.until_ready(children=4)
        assert status_of(run.process.pid, "Threads:") == "1"
        assert "Warning" not in run.log


class TestLeaks:
    @pytest.mark.line("RQ-203")
    def test_descriptors_stay_the_same_over_many_reconnects(self, server_project: Project) -> None:
        run = server_project.runjobs("--threads", "2").until_ready()

        def survives(number: int) -> None:
            server_project.console.enqueue("NoteJob", [number])
            until(lambda: server_project.has_ended([number]))

        for number in range(5):
            survives(number)
        worker = server_project.pid_of(0)
        before = len(descriptors(worker))
        for number in range(5, 15):
            server_project.cut_connections()
            survives(number)
        assert server_project.pid_of(14) == worker
        until(lambda: len(descriptors(worker)) <= before + 3)
        run.send(signal.SIGTERM)
        assert run.wait() == 0

    @pytest.mark.needs("postgres")
    @pytest.mark.line("RQ-202")
    def test_connections_of_threads_end_with_them(self, postgres_project: Project) -> None:
        run = postgres_project.runjobs("--max-jobs", "5", "--threads", "3").until_ready()
        numbers = range(40)
        postgres_project.console.enqueue("CoroutineJob", *([number] for number in numbers))
        until(lambda: postgres_project.has_ended(numbers))
        # claiming, settling, heartbeat, dispatcher, scheduler, and one for each of three jobs;
        # the same again for a process that is just being replaced
        assert postgres_project.console.ask("sessions") <= 2 * 8
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        until(lambda: postgres_project.console.ask("sessions") == 0)


class TestBoot:
    @pytest.mark.line("RQ-045")
    def test_it_waits_for_a_store_that_is_not_up_yet(self, server_project: Project) -> None:
        database = server_project.database
        proxy = Proxy(database["HOST"], int(database["PORT"]))
        port = proxy.port
        proxy.close()
        server_project.run_with({**database, "HOST": "127.0.0.1", "PORT": str(port)})
        run = server_project.runjobs()
        until(lambda: "Registering" in run.log)
        server_project.console.enqueue("NoteJob", [1])
        proxy = Proxy(database["HOST"], int(database["PORT"]), port=port)
        until(lambda: server_project.has_ended([1]))
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        proxy.close()
        assert "is replaced" not in run.log


@pytest.mark.skipif(
    not shutil.which("unshare")
    or subprocess.run(
        ["unshare", "--pid", "--fork", "true"], check=False, capture_output=True
    ).returncode
    != 0,
    reason="this user may not make a pid namespace",
)
class TestContainers:
    @pytest.mark.line("RQ-035")
    def test_as_process_1_it_stops_at_term_and_reaps_orphans(self, sqlite_project: Project) -> None:
        sqlite_project.write_app("orphans", jobs_left=ORPHANING)
        log = sqlite_project.folder / "container.log"
        with log.open("wb") as output:
            outside = subprocess.Popen(
                [
                    *("unshare", "--pid", "--fork", "--kill-child", "--mount-proc"),
                    *(sys.executable, "-W", "error", "-m", "django_activejob"),
                ],
                env=sqlite_project.environment(sqlite_project.database),
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            until(lambda: "has started" in log.read_text())
            assert "pid 1\n" in log.read_text()
            supervisor = child_of(outside.pid)
            sqlite_project.console.enqueue("CallJob", [1, "orphans.jobs_left.leave"])
            until(lambda: sqlite_project.has_ended([1]))
            until(lambda: len(children_of(supervisor)) == 1)
            assert status_of(child_of(supervisor), "State:") != "Z"
            os.kill(supervisor, signal.SIGTERM)
            assert outside.wait(60) == 0
            assert "All processes have stopped." in log.read_text()
        finally:
            outside.kill()
            outside.wait(60)


def children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def child_of(pid: int) -> int:
    [child] = children_of(pid)
    return child
