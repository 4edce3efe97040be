"""The servers that tests need: found, else started, else the reason why there is none."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

CONNECT_TIMEOUT = 3  # seconds
START_TIMEOUT = 60  # seconds
POSTGRES_URI = "postgresql://postgres@127.0.0.1:5432/postgres"
MYSQL_URI = "mysql://root@127.0.0.1:3306/mysql"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A server that answers at ``url``, or the ``reason`` why there is none."""

    name: str
    url: str | None = None
    reason: str | None = None


@cache
def postgres(*, start: bool = True) -> Service:
    """PostgreSQL: TEST_POSTGRES_URL, else the server of this host, else a private one.

    ``start`` False only looks. A private server runs from the installed programs,
    ends with this process, and is named in TEST_POSTGRES_URL for the processes that
    this one starts.
    """
    wanted = os.environ.get("TEST_POSTGRES_URL")
    url = wanted or POSTGRES_URI
    problem = _postgres_problem(url)
    if problem is None:
        return Service(name="postgres", url=url)
    if wanted or not start:
        return Service(name="postgres", reason=problem)
    return _private_postgres(because=problem)


@cache
def mysql(*, start: bool = True) -> Service:
    """MariaDB or MySQL: TEST_MYSQL_URL, else the server of this host, else a private MariaDB.

    ``start`` False only looks. A private server is as that of ``postgres``.
    """
    wanted = os.environ.get("TEST_MYSQL_URL")
    url = wanted or MYSQL_URI
    problem = _mysql_problem(url)
    if problem is None:
        return Service(name="mysql", url=url)
    if wanted or not start:
        return Service(name="mysql", reason=problem)
    return _private_mariadb(because=problem)


SERVICES: dict[str, Callable[[], Service]] = {"postgres": postgres, "mysql": mysql}
ENGINES = {
    "postgresql": "django.db.backends.postgresql",
    "mysql": "django.db.backends.mysql",
}


def service(name: str) -> Service:
    """The service of this name; raises LookupError when tests know none."""
    if name not in SERVICES:
        raise LookupError(f"{name}: no such service; there are {', '.join(sorted(SERVICES))}")
    return SERVICES[name]()


def django_database(url: str) -> dict[str, Any]:
    """The entry of Django's DATABASES for a ``postgresql://user:password@host:port/name``.

    ``mysql://…`` likewise; its driver, PyMySQL, is put where Django looks for mysqlclient.
    """
    parts = urlsplit(url)
    return {
        "ENGINE": ENGINES[parts.scheme],
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
    }


def _postgres_problem(url: str) -> str | None:
    try:
        import psycopg
    except ImportError as error:
        return f"psycopg cannot be imported ({error}); install django-activejob[postgres]"
    try:
        psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT).close()
    except psycopg.Error as error:
        return f"no PostgreSQL for us at {_public(url)}: {' '.join(str(error).split())}"
    return None


def _mysql_problem(url: str) -> str | None:
    try:
        import pymysql
    except ImportError as error:
        return f"PyMySQL cannot be imported ({error}); install django-activejob[mysql]"
    pymysql.install_as_MySQLdb()
    parts = urlsplit(url)
    try:
        pymysql.connect(
            host=parts.hostname,
            port=parts.port or 3306,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            connect_timeout=CONNECT_TIMEOUT,
        ).close()
    except pymysql.Error as error:
        return f"no MariaDB or MySQL for us at {_public(url)}: {' '.join(str(error).split())}"
    return None


def _public(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 5432}"


def _private_postgres(*, because: str) -> Service:
    programs = _postgres_programs()
    if programs is None:
        reason = f"{because}; nor are its programs (initdb, pg_ctl) installed to start one"
        return Service(name="postgres", reason=reason)
    try:
        url = _PrivatePostgres(programs).start()
    except (OSError, KeyError, subprocess.SubprocessError) as error:
        reason = f"{because}; and a private one did not start: {error}"
        return Service(name="postgres", reason=reason)
    os.environ["TEST_POSTGRES_URL"] = url
    return Service(name="postgres", url=url)


def _postgres_programs() -> Path | None:
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version, reverse=True)
    found = [Path(on_path).resolve()] if on_path else debian
    return found[0].parent if found else None


def _version(program: Path) -> float:
    try:
        return float(program.parent.parent.name)
    except ValueError:
        return 0.0


class _PrivatePostgres:
    """A server in a temporary folder, which ends with this process."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="django-activejob-postgres-"))
        self._data = self._folder / "data"
        self._owner = os.getpid()

    def start(self) -> str:
        """Make the cluster, start it, and return its address; raises OSError or SubprocessError."""
        atexit.register(self._stop)
        self._own_folder()
        self._run(
            "initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"
        )
        port = _free_port()
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        )
        log = self._folder / "log"
        self._run("pg_ctl", "-D", self._data, "-w", "-l", log, "-o", f"{options} -F", "start")
        return f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def _own_folder(self) -> None:
        # PostgreSQL refuses to run as root.
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self._folder, user.pw_uid, user.pw_gid)

    def _run(self, program: str, *arguments: str | Path) -> None:
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            identity = {"user": "postgres", "group": "postgres", "extra_groups": []}
        # A file, not a pipe: the server keeps it open, and we would wait for its end.
        with (self._folder / "output").open("w+b") as output:
            ended = subprocess.run(
                [str(self._programs / program), *map(str, arguments)],
                check=False,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=START_TIMEOUT,
                **identity,
            )
            output.seek(0)
            said = output.read().decode(errors="replace")
        if ended.returncode != 0:
            raise OSError(f"{program} ended with {ended.returncode}: {' '.join(said.split())}")

    def _stop(self) -> None:
        if os.getpid() != self._owner:
            return
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)


def _private_mariadb(*, because: str) -> Service:
    if not (shutil.which("mariadbd") and shutil.which("mariadb-install-db")):
        reason = f"{because}; nor are MariaDB's programs installed to start one"
        return Service(name="mysql", reason=reason)
    try:
        url = _PrivateMariaDB().start()
    except (OSError, KeyError, subprocess.SubprocessError) as error:
        reason = f"{because}; and a private one did not start: {error}"
        return Service(name="mysql", reason=reason)
    os.environ["TEST_MYSQL_URL"] = url
    return Service(name="mysql", url=url)


class _PrivateMariaDB:
    """A server in a temporary folder, which ends with this process."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="django-activejob-mariadb-"))
        self._owner = os.getpid()
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Make the tables, start the server, and return its address; raises OSError."""
        atexit.register(self._stop)
        user = []
        if os.geteuid() == 0:
            user = ["--user=mysql"]
            shutil.chown(self._folder, "mysql", "mysql")
        data = f"--datadir={self._folder / 'data'}"
        install = ["mariadb-install-db", "--no-defaults", data, *user]
        install.append("--auth-root-authentication-method=normal")
        subprocess.run(install, check=True, capture_output=True, timeout=START_TIMEOUT)
        port = _free_port()
        with (self._folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                [
                    *("mariadbd", "--no-defaults", data, *user, "--bind-address=127.0.0.1"),
                    f"--port={port}",
                    f"--socket={self._folder / 'socket'}",
                    "--innodb-flush-log-at-trx-commit=0",
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        url = f"mysql://root@127.0.0.1:{port}/mysql"
        self._wait_for(url)
        return url

    def _wait_for(self, url: str) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while problem := _mysql_problem(url):
            ended = self._server is None or self._server.poll() is not None
            if ended or time.monotonic() > deadline:
                raise OSError(problem)
            time.sleep(0.1)

    def _stop(self) -> None:
        if os.getpid() != self._owner:
            return
        if self._server is not None:
            self._server.terminate()
            self._server.wait(timeout=START_TIMEOUT)
        shutil.rmtree(self._folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
