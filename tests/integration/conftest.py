"""Projects on SQLite, on PostgreSQL and on MariaDB."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import services

from .harness import Project
from .proxy import Proxy
from .stores import MySQLStore, PostgreSQLStore, SQLiteStore, Store

Templates = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """A migrated database for each engine that has been used, by name."""
    templates: Templates = {}
    yield templates
    for engine, database in templates.items():
        _store(engine, tmp_path_factory.getbasetemp()).remove(database)


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgres", marks=pytest.mark.needs("postgres")),
        pytest.param("mysql", marks=pytest.mark.needs("mysql")),
    ],
)
def project(
    request: pytest.FixtureRequest,
    templates: Templates,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Project]:
    """A project with an empty queue, on each engine in turn."""
    yield from _projects(request.param, templates, tmp_path, tmp_path_factory.getbasetemp())


@pytest.fixture
def sqlite_project(
    templates: Templates, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Project]:
    """A project on SQLite, for what has nothing to do with the store."""
    yield from _projects("sqlite", templates, tmp_path, tmp_path_factory.getbasetemp())


@pytest.fixture
def postgres_project(
    templates: Templates, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Project]:
    """A project on PostgreSQL, for what can only happen there."""
    yield from _projects("postgres", templates, tmp_path, tmp_path_factory.getbasetemp())


@pytest.fixture(
    params=[
        pytest.param("postgres", marks=pytest.mark.needs("postgres")),
        pytest.param("mysql", marks=pytest.mark.needs("mysql")),
    ],
)
def server_project(
    request: pytest.FixtureRequest,
    templates: Templates,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Project]:
    """A project on each engine that has connections to lose."""
    yield from _projects(request.param, templates, tmp_path, tmp_path_factory.getbasetemp())


@pytest.fixture
def proxy(server_project: Project) -> Iterator[Proxy]:
    """What stands between the processes of ``server_project`` and their server."""
    database = server_project.database
    proxy = Proxy(database["HOST"], int(database["PORT"]))
    server_project.run_with({**database, "HOST": "127.0.0.1", "PORT": str(proxy.port)})
    yield proxy
    proxy.close()


@pytest.fixture(scope="session")
def own_postgres() -> services.PrivatePostgres:
    """A PostgreSQL server that a test may halt, and has to launch again."""
    programs = services.postgres_programs()
    assert programs is not None
    server = services.PrivatePostgres(programs)
    server.start()
    return server


@pytest.fixture(scope="session")
def own_mariadb() -> services.PrivateMariaDB:
    """A MariaDB server that a test may halt, and has to launch again."""
    server = services.PrivateMariaDB()
    server.start()
    return server


@pytest.fixture(
    params=[
        pytest.param("own_postgres", marks=pytest.mark.needs("postgres")),
        pytest.param("own_mariadb", marks=pytest.mark.needs("mysql")),
    ],
)
def own_server(
    request: pytest.FixtureRequest,
) -> services.PrivatePostgres | services.PrivateMariaDB:
    """A server that a test may halt, of each kind; it has to launch it again."""
    if shutil.which("mariadbd") is None and request.param == "own_mariadb":
        pytest.skip("needs MariaDB's programs, to halt a server of its own")
    if services.postgres_programs() is None and request.param == "own_postgres":
        pytest.skip("needs PostgreSQL's programs, to halt a server of its own")
    return request.getfixturevalue(request.param)


@pytest.fixture
def own_project(
    own_server: services.PrivatePostgres | services.PrivateMariaDB, tmp_path: Path
) -> Iterator[Project]:
    """A project on a server of its own."""
    kind = MySQLStore if isinstance(own_server, services.PrivateMariaDB) else PostgreSQLStore
    store = kind(own_server.url)
    project = Project(tmp_path, _migrated(store, tmp_path), store=store)
    try:
        yield project
    finally:
        project.close()


def _projects(engine: str, templates: Templates, folder: Path, base: Path) -> Iterator[Project]:
    store = _store(engine, base)
    if engine not in templates:
        templates[engine] = _migrated(store, folder)
    database = store.make(template=templates[engine])
    project = Project(folder, database, store=store)
    try:
        yield project
    finally:
        project.close()
        store.remove(database)


def _migrated(store: Store, folder: Path) -> dict[str, Any]:
    database = store.make(template=None)
    project = Project(folder, database, store=store)
    project.console.migrate()
    project.close()
    return database


def _store(engine: str, base: Path) -> Store:
    if engine == "sqlite":
        return SQLiteStore(base)
    url = services.service(engine).url
    assert url is not None
    return MySQLStore(url) if engine == "mysql" else PostgreSQLStore(url)
