"""Processes that leave by themselves."""

from __future__ import annotations

import signal
import socket

from tests.waiting import until

from .harness import Project


class TestDrain:
    def test_what_is_ready_is_performed_and_runjobs_ends(self, project: Project) -> None:
        project.console.enqueue("NoteJob", *([number, 0.1] for number in range(5)))
        run = project.runjobs("--drain", "--processes", "2", "--threads", "1")
        assert run.wait() == 0
        assert project.console.counts() == {"finished": 5}
        assert "is replaced" not in run.log
        assert project.console.ask("processes") == []

    def test_an_empty_queue_is_drained_at_once(self, sqlite_project: Project) -> None:
        assert sqlite_project.runjobs("--drain").wait() == 0


class TestMost:
    def test_a_process_is_replaced_after_so_many_jobs(self, sqlite_project: Project) -> None:
        run = sqlite_project.runjobs("--max-jobs", "2", "--threads", "2").until_ready()
        sqlite_project.console.enqueue("NoteJob", *([number] for number in range(5)))
        until(lambda: sqlite_project.has_ended(range(5)))
        pids = [pid for _, pid, moment in sqlite_project.diary() if moment == "end"]
        assert sorted(pids.count(pid) for pid in set(pids)) == [1, 2, 2]
        assert "worker-1 stops: it has performed 2 jobs." in run.log
        assert "WARNING" not in run.log

    def test_a_process_that_has_grown_is_replaced(self, sqlite_project: Project) -> None:
        run = sqlite_project.runjobs("--max-memory", "1").until_ready()
        sqlite_project.console.enqueue("NoteJob", [1])
        until(lambda: "worker-1 stops: it has grown to" in run.log)
        run.until_ready(children=2)


class TestServiceManager:
    def test_systemd_hears_when_it_is_ready_and_when_it_stops(
        self, sqlite_project: Project
    ) -> None:
        path = str(sqlite_project.folder / "notify")
        sqlite_project.extra_environment = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "5000000"}
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(15)
            run = sqlite_project.runjobs().until_ready()
            run.send(signal.SIGTERM)
            assert run.wait() == 0
            heard = [manager.recv(100) for _ in range(3)]
            while b"STOPPING=1" not in heard:
                heard.append(manager.recv(100))
        assert {b"READY=1", b"WATCHDOG=1", b"STOPPING=1"} == set(heard)


class TestCheck:
    def test_it_tells_whether_the_processes_are_at_work(self, sqlite_project: Project) -> None:
        pidfile = str(sqlite_project.folder / "pid")
        dead = sqlite_project.runjobs("--check", "--pidfile", pidfile)
        assert dead.wait() == 1
        assert "it names no process" in dead.log
        sqlite_project.runjobs("--pidfile", pidfile).until_ready()
        alive = sqlite_project.runjobs("--check", "--pidfile", pidfile)
        assert alive.wait() == 0
        assert "All is well." in alive.log


class TestQueues:
    def test_a_queue_that_is_left_out_waits(self, sqlite_project: Project) -> None:
        sqlite_project.console.enqueue("NoteJob", [1])
        assert sqlite_project.runjobs("--drain", "--queues=*,-default").wait() == 0
        assert sqlite_project.console.counts() == {"ready": 1}
        assert sqlite_project.runjobs("--drain", "--weights", "default=2,other=1").wait() == 0
        assert sqlite_project.console.counts() == {"finished": 1}
