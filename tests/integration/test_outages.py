"""The store goes away and comes back; jobs are not lost."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests import services
from tests.waiting import until

from .harness import Project, Run
from .proxy import Proxy

OWN_CLAIM = b"claim_number = claim_number + 1"


class TestLostConnections:
    @pytest.mark.line("RQ-042", "RQ-043", "RQ-054")
    def test_every_job_ends_once_in_the_same_process(self, server_project: Project) -> None:
        numbers = range(300)
        server_project.console.enqueue("NoteJob", *([number, 0.01] for number in numbers))
        run = server_project.runjobs("--threads", "3")
        for ended in (50, 150, 250):
            until(lambda ended=ended: len(server_project.count("end")) > ended)
            server_project.cut_connections()
        until(lambda: server_project.has_ended(numbers))
        until(lambda: server_project.console.counts() == {"finished": 300})
        assert set(server_project.count("start").values()) == {1}
        assert run.log.count("has started") == 1
        assert "works again" in run.log

    @pytest.mark.line("RQ-054")
    def test_nobody_else_takes_a_job_whose_process_has_lost_its_session(
        self, server_project: Project
    ) -> None:
        runs = [server_project.runjobs("--threads", "1") for _ in range(2)]
        for run in runs:
            run.until_ready()
        server_project.console.enqueue("NoteJob", [1, 3.0])
        until(lambda: server_project.has_begun(1))
        for _ in range(5):
            server_project.cut_connections()
            time.sleep(0.4)
        until(lambda: server_project.all_done({"finished": 1}))
        assert server_project.count("start")[1] == 1

    @pytest.mark.line("RQ-041")
    def test_a_claim_whose_answer_is_lost_comes_back(
        self, server_project: Project, proxy: Proxy
    ) -> None:
        server_project.runjobs("--threads", "2").until_ready()
        words = OWN_CLAIM if server_project.is_postgres else b"COMMIT"
        proxy.cut_after(words, within=3)
        server_project.console.enqueue("NoteJob", *([number, 0.01] for number in range(20)))
        until(lambda: server_project.all_done({"finished": 20}))
        assert proxy.cuts == 3
        assert set(server_project.count("start").values()) == {1}

    @pytest.mark.line("RQ-042")
    def test_an_end_whose_answer_is_lost_is_recorded_once(
        self, server_project: Project, proxy: Proxy
    ) -> None:
        words = b"state = 'finished'" if server_project.is_postgres else b"COMMIT"
        run = server_project.runjobs("--threads", "2").until_ready()
        server_project.console.enqueue("NoteJob", *([number, 0.2] for number in range(10)))
        until(lambda: server_project.has_begun(0))
        proxy.cut_after(words, within=2)
        until(lambda: server_project.all_done({"finished": 10}))
        assert proxy.cuts == 2
        assert set(server_project.count("start").values()) == {1}
        # MySQL's words say only that something was committed: it may have been a beat.
        assert "works again" in run.log

    @pytest.mark.line("RQ-043")
    def test_connections_that_are_cut_all_the_time_cost_no_job(
        self, server_project: Project, proxy: Proxy
    ) -> None:
        numbers = range(200)
        server_project.console.enqueue("NoteJob", *([number, 0.02] for number in numbers))
        server_project.runjobs("--processes", "2", "--threads", "2")
        until(lambda: len(server_project.count("end")) > 10)
        for _ in range(10):
            proxy.cut()
            time.sleep(0.3)
        until(lambda: server_project.all_done({"finished": 200}))
        assert set(server_project.count("start").values()) == {1}

    @pytest.mark.line("RQ-046")
    def test_a_way_that_swallows_everything_for_long_costs_no_job(
        self, server_project: Project, proxy: Proxy
    ) -> None:
        run = server_project.runjobs("--threads", "2").until_ready()
        server_project.console.enqueue("NoteJob", *([number, 0.05] for number in range(100)))
        until(lambda: len(server_project.count("end")) > 10)
        proxy.freeze()
        until(lambda: "left because the store had lost touch with it" in run.log)
        proxy.thaw()
        until(lambda: server_project.all_done({"finished": 100}))
        twice = [number for number, times in server_project.count("start").items() if times > 1]
        assert len(twice) <= 4  # what ran, and what had ended and could not be recorded


class TestRestartedServer:
    @pytest.mark.line("RQ-043")
    def test_every_process_goes_on_by_itself(
        self, own_project: Project, own_server: services.PrivatePostgres | services.PrivateMariaDB
    ) -> None:
        own_project.settings["RECURRING"] = {
            "often": {"job": "work.NoteJob", "every": 1, "args": [1000]}
        }
        numbers = range(200)
        own_project.console.enqueue("NoteJob", *([number, 0.03] for number in numbers))
        run = own_project.runjobs("--processes", "2", "--threads", "2")
        for ended in (20, 120):
            until(lambda ended=ended: len(own_project.count("end")) > ended)
            own_server.halt()
            until(lambda: "fails and is tried again" in run.log)
            own_server.launch()
        until(lambda: own_project.has_ended(numbers))
        ticks = own_project.count("start")[1000]
        until(lambda: own_project.count("start")[1000] > ticks)
        starts = own_project.count("start")
        assert {starts[number] for number in numbers} == {1}
        assert run.log.count("has started") == 3
        assert "Traceback" not in run.log


def stays_true(run: Run, words: str) -> bool:
    """Whether the log has had these words, and the processes still live."""
    return words in run.log and run.process.poll() is None


class TestRefusals:
    @pytest.mark.line("RQ-050")
    def test_a_server_that_only_reads_is_waited_for(self, own_project: Project) -> None:
        numbers = range(60)
        own_project.console.enqueue("NoteJob", *([number, 0.05] for number in numbers))
        store: Any = own_project.store
        own_project.run_with(store.as_common_user(own_project.database))
        run = own_project.runjobs("--threads", "2")
        until(lambda: len(own_project.count("end")) > 10)
        store.set_read_only(own_project.database, True)
        until(lambda: stays_true(run, "Settling jobs: fails and is tried again"))
        store.set_read_only(own_project.database, False)
        until(lambda: own_project.console.counts() == {"finished": 60})
        assert set(own_project.count("start").values()) == {1}
        assert "Traceback" not in run.log
