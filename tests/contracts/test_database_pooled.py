"""The database adapter behind PgBouncer in transaction mode, which keeps no state of a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.testing.contracts import (
    ChoresContract,
    EnqueueContract,
    InspectorContract,
    LimitsContract,
    RecurringContract,
    RegistryContract,
    SettlingContract,
    SourceContract,
    UniqueContract,
)
from tests import services
from tests.contracts.stores import ONLY_POSTGRES
from tests.waiting import until

pytestmark = [
    ONLY_POSTGRES,
    pytest.mark.needs("pgbouncer"),
    pytest.mark.line("RQ-208"),
]


@pytest.fixture(autouse=True)
def through_the_pooler(alias: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    url = services.pgbouncer().url
    assert url is not None
    pooler = services.django_database(url)
    connection = connections[alias]
    connection.close()
    for key in ("HOST", "PORT"):
        monkeypatch.setitem(connection.settings_dict, key, pooler[key])
    yield
    connection.close()


@pytest.fixture(scope="module", autouse=True)
def nobody_left() -> Iterator[None]:
    """The pooler keeps its sessions for a moment; the database cannot be dropped meanwhile."""
    yield
    url = services.pgbouncer().url
    if url is not None:
        until(lambda: _sessions(url) == 0)


def _sessions(url: str) -> int:
    import psycopg

    name = connections["postgres"].settings_dict["NAME"]
    with psycopg.connect(services.postgres().url or url) as connection:
        [count] = connection.execute(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = %s", [name]
        ).fetchone() or [0]
    return int(count)


class TestEnqueue(EnqueueContract):
    pass


class TestSource(SourceContract):
    pass


class TestSettling(SettlingContract):
    pass


class TestRegistry(RegistryContract):
    pass


class TestRecurring(RecurringContract):
    pass


class TestChores(ChoresContract):
    pass


class TestInspector(InspectorContract):
    pass


class TestLimits(LimitsContract):
    pass


class TestUnique(UniqueContract):
    pass


def test_the_adapter_keeps_no_session_and_no_lock(adapter: DatabaseAdapter, alias: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT COUNT(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == (0,)
