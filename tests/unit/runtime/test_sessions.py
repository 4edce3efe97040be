"""What a job has done to its session is noticed, and ends with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections
from django.db.backends.signals import connection_created

from django_activejob.runtime import boundary, sessions
from tests.contracts.stores import ONLY_MYSQL, ONLY_POSTGRES

from .fakes import claim


@pytest.fixture
def alias(request: pytest.FixtureRequest) -> Iterator[str]:
    """An alias whose sessions are watched from their beginning."""
    alias: str = request.param
    connections[alias].close()
    sessions.watch()
    connections[alias].ensure_connection()
    yield alias
    connection_created.disconnect(dispatch_uid="django_activejob.sessions")
    connections[alias].close()
    connections[alias].execute_wrappers.clear()


def say(alias: str, statement: str) -> object:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None


class TestPostgreSQL:
    pytestmark = ONLY_POSTGRES

    @pytest.mark.line("RQ-047")
    @pytest.mark.parametrize(
        ("change", "look", "found"),
        [
            ("SET search_path = pg_catalog", "SHOW search_path", ('"$user", public',)),
            ("SET SESSION statement_timeout = 7", "SHOW statement_timeout", ("0",)),
            ("SELECT set_config('work_mem', '1MB', false)", "SHOW work_mem", ("4MB",)),
            (
                "CREATE TEMPORARY TABLE people (id int)",
                "SELECT COUNT(*) FROM pg_class WHERE relname = 'people'",
                (0,),
            ),
            (
                "SELECT pg_advisory_lock(4711)",
                "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711",
                (0,),
            ),
        ],
    )
    def test_the_next_job_finds_a_session_as_new(
        self, alias: str, change: str, look: str, found: tuple[object, ...]
    ) -> None:
        say(alias, change)
        boundary.clean_after(claim())
        assert say(alias, look) == found

    @pytest.mark.line("RQ-047")
    def test_a_transaction_that_an_error_has_spoiled_is_rolled_back(self, alias: str) -> None:
        connections[alias].set_autocommit(False)
        with pytest.raises(Exception, match="division by zero"):
            say(alias, "SELECT 1/0")
        boundary.clean_after(claim())
        assert say(alias, "SELECT 1") == (1,)
        assert connections[alias].get_autocommit()

    @pytest.mark.parametrize(
        "statement",
        [
            "SELECT 1",
            "SELECT set_config('work_mem', '1MB', true)",
            "SET LOCAL work_mem = '1MB'",
            "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
            "UPDATE django_activejob_pause SET queue = queue",
        ],
    )
    @pytest.mark.filterwarnings("ignore")
    def test_what_ends_by_itself_costs_no_connection(self, alias: str, statement: str) -> None:
        before = connections[alias].connection
        say(alias, statement)
        boundary.clean_after(claim())
        assert connections[alias].connection is before


class TestMySQL:
    pytestmark = ONLY_MYSQL

    @pytest.mark.line("RQ-047")
    @pytest.mark.parametrize(
        ("change", "look"),
        [
            ("SET SESSION sort_buffer_size = 65536", "SELECT @@sort_buffer_size = 65536"),
            ("CREATE TEMPORARY TABLE people (id int)", "SHOW TABLES LIKE 'no such table'"),
        ],
    )
    def test_the_next_job_finds_a_session_as_new(self, alias: str, change: str, look: str) -> None:
        before = connections[alias].connection
        say(alias, change)
        boundary.clean_after(claim())
        assert say(alias, look) in (None, (0,))
        assert connections[alias].connection is not before

    def test_what_django_says_to_each_new_session_is_no_change(self, alias: str) -> None:
        before = connections[alias].connection
        say(alias, "SELECT 1")
        boundary.clean_after(claim())
        assert connections[alias].connection is before
        connections[alias].close()
        say(alias, "SELECT 1")
        again = connections[alias].connection
        boundary.clean_after(claim())
        assert connections[alias].connection is again
