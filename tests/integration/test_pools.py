"""Connections that are shared: psycopg's pool in each process, PgBouncer between all."""

from __future__ import annotations

import signal

import pytest

from tests import services
from tests.waiting import until

from .harness import Project


class TestPool:
    @pytest.mark.needs("postgres")
    @pytest.mark.line("RQ-209")
    def test_threads_give_their_connections_back(self, postgres_project: Project) -> None:
        project = postgres_project
        pool = {"min_size": 1, "max_size": 8, "timeout": 5}
        project.run_with({**project.database, "OPTIONS": {"pool": pool}})
        project.console.enqueue("QueryJob", *([number] for number in range(200)))
        run = project.runjobs("--processes", "2", "--threads", "6").until_ready(children=3)
        until(lambda: project.console.counts() == {"finished": 200})
        assert set(project.count("start").values()) == {1}
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert "Traceback" not in run.log
        assert "fails and is tried again" not in run.log


class TestPooler:
    @pytest.mark.needs("postgres", "pgbouncer")
    @pytest.mark.line("RQ-208")
    def test_processes_work_behind_one_that_keeps_no_session(
        self, postgres_project: Project
    ) -> None:
        project = postgres_project
        url = services.pgbouncer().url
        assert url is not None
        pooler = services.django_database(url)
        project.run_with({**project.database, "HOST": pooler["HOST"], "PORT": pooler["PORT"]})
        project.console.enqueue("QueryJob", *([number] for number in range(100)))
        project.console.enqueue("LimitedJob", *([number] for number in range(100, 120)))
        run = project.runjobs("--processes", "2", "--threads", "4").until_ready(children=3)
        until(lambda: project.console.counts() == {"finished": 120})
        assert set(project.count("start").values()) == {1}
        run.send(signal.SIGTERM)
        assert run.wait() == 0
        assert "Traceback" not in run.log
        assert project.console.ask("processes") == []
