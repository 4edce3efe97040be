"""The servers that tests need: found, else started, else the reason why there is none."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
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


@cache
def redis() -> Service:
    """Redis: TEST_REDIS_URL, else a private server.

    The server of this host is never used: tests fill it up, reconfigure and restart it. Keys
    of tests lie under a namespace of their own wherever they are.
    """
    wanted = os.environ.get("TEST_REDIS_URL")
    if wanted:
        problem = redis_problem(wanted)
        return Service(name="redis", url=None if problem else wanted, reason=problem)
    if not shutil.which("redis-server"):
        return Service(name="redis", reason="no TEST_REDIS_URL, and redis-server is not installed")
    try:
        url = PrivateRedis().start()
    except OSError as error:
        return Service(name="redis", reason=f"a private Redis did not start: {error}")
    os.environ["TEST_REDIS_URL"] = url
    return Service(name="redis", url=url)


@cache
def ruby() -> Service:
    """Ruby with Active Job and Sidekiq, as Debian's packages have them; ``url`` is its program."""
    program = shutil.which("ruby")
    if program is None or shutil.which("sidekiq") is None:
        return Service(name="ruby", reason="ruby and sidekiq are not installed")
    script = "require 'active_job'; require 'sidekiq'; exit Sidekiq::VERSION.start_with?('6.')"
    ended = subprocess.run(
        [program, "-e", script], check=False, capture_output=True, timeout=START_TIMEOUT
    )
    if ended.returncode != 0:
        said = " ".join(ended.stderr.decode(errors="replace").split())
        return Service(name="ruby", reason=f"no Active Job with a Sidekiq 6 for Ruby: {said}")
    return Service(name="ruby", url=program)


@cache
def pgbouncer() -> Service:
    """PgBouncer in transaction mode, in front of our PostgreSQL; it ends with this process."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    behind = postgres().url
    if program is None:
        return Service(name="pgbouncer", reason="the program pgbouncer is not installed")
    if behind is None:
        return Service(name="pgbouncer", reason=postgres().reason)
    try:
        return Service(name="pgbouncer", url=PrivatePgBouncer(program, behind).start())
    except (OSError, KeyError) as error:
        return Service(name="pgbouncer", reason=f"PgBouncer did not start: {error}")


@cache
def chromium() -> Service:
    """Chromium, as Debian has it; ``url`` is its program."""
    program = shutil.which("chromium")
    if program is None:
        return Service(name="chromium", reason="the program chromium is not installed")
    return Service(name="chromium", url=program)


@cache
def xgettext() -> Service:
    """What finds the messages to be translated; ``url`` is its program."""
    program = shutil.which("xgettext")
    if program is None:
        return Service(name="xgettext", reason="the program xgettext (of gettext) is not installed")
    return Service(name="xgettext", url=program)


SERVICES: dict[str, Callable[[], Service]] = {
    "postgres": postgres,
    "mysql": mysql,
    "redis": redis,
    "ruby": ruby,
    "pgbouncer": pgbouncer,
    "chromium": chromium,
    "xgettext": xgettext,
}
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
    programs = postgres_programs()
    if programs is None:
        reason = f"{because}; nor are its programs (initdb, pg_ctl) installed to start one"
        return Service(name="postgres", reason=reason)
    try:
        url = PrivatePostgres(programs).start()
    except (OSError, KeyError, subprocess.SubprocessError) as error:
        reason = f"{because}; and a private one did not start: {error}"
        return Service(name="postgres", reason=reason)
    os.environ["TEST_POSTGRES_URL"] = url
    return Service(name="postgres", url=url)


def postgres_programs() -> Path | None:
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version, reverse=True)
    found = [Path(on_path).resolve()] if on_path else debian
    return found[0].parent if found else None


def _version(program: Path) -> float:
    try:
        return float(program.parent.parent.name)
    except ValueError:
        return 0.0


class PrivatePostgres:
    """A server in a temporary folder, which ends with this process."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="django-activejob-postgres-"))
        self._data = self._folder / "data"
        self._owner = os.getpid()
        self._port = free_port()

    def start(self) -> str:
        """Make the cluster, start it, and return its address; raises OSError or SubprocessError."""
        atexit.register(self._stop)
        self._own_folder()
        self._run(
            "initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"
        )
        self.launch()
        return self.url

    @property
    def url(self) -> str:
        """Where it answers, once it is started."""
        return f"postgresql://postgres@127.0.0.1:{self._port}/postgres"

    def launch(self) -> None:
        """Start the server; raises OSError or SubprocessError."""
        options = (
            f"-p {self._port} -c listen_addresses=127.0.0.1 "
            f"-c unix_socket_directories={self._folder} -F"
        )
        log = self._folder / "log"
        self._run("pg_ctl", "-D", self._data, "-w", "-l", log, "-o", options, "start")

    def halt(self) -> None:
        """End the server at once, as a crash does; it can be launched again."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")

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
            self.halt()
        shutil.rmtree(self._folder, ignore_errors=True)


class PrivatePgBouncer:
    """A pooler in a temporary folder, which ends with this process."""

    CONFIGURATION = """
        [databases]
        * = host={host} port={port}
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {listen}
        unix_socket_dir =
        auth_type = trust
        auth_file = {folder}/users
        pool_mode = transaction
        default_pool_size = 4
        max_client_conn = 200
        server_idle_timeout = 1
        pidfile =
    """

    def __init__(self, program: str, behind: str) -> None:
        self._program = program
        self._behind = urlsplit(behind)
        self._folder = Path(tempfile.mkdtemp(prefix="django-activejob-pgbouncer-"))
        self._owner = os.getpid()
        self._pooler: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start it, and return the address that leads through it; raises OSError."""
        atexit.register(self._stop)
        port, user = free_port(), unquote(self._behind.username or "")
        said = self.CONFIGURATION.format(
            host=self._behind.hostname,
            port=self._behind.port or 5432,
            listen=port,
            folder=self._folder,
        )
        password = unquote(self._behind.password or "")
        (self._folder / "users").write_text(f'"{user}" "{password}"\n')
        (self._folder / "ini").write_text("\n".join(map(str.strip, said.splitlines())))
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:  # it refuses to run as root
            for path in (self._folder, *self._folder.iterdir()):
                shutil.chown(path, "nobody")
            identity = {"user": "nobody"}
        with (self._folder / "log").open("wb") as log:
            self._pooler = subprocess.Popen(
                [self._program, str(self._folder / "ini")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                **identity,
            )
        url = self._behind._replace(netloc=f"{self._behind.username}@127.0.0.1:{port}").geturl()
        deadline = time.monotonic() + START_TIMEOUT
        while problem := _postgres_problem(url):
            if self._pooler.poll() is not None or time.monotonic() > deadline:
                raise OSError(problem)
            time.sleep(0.1)
        return url

    def _stop(self) -> None:
        if os.getpid() != self._owner:
            return
        if self._pooler is not None:
            self._pooler.kill()
            self._pooler.wait(timeout=START_TIMEOUT)
        shutil.rmtree(self._folder, ignore_errors=True)


def _private_mariadb(*, because: str) -> Service:
    if not (shutil.which("mariadbd") and shutil.which("mariadb-install-db")):
        reason = f"{because}; nor are MariaDB's programs installed to start one"
        return Service(name="mysql", reason=reason)
    try:
        url = PrivateMariaDB().start()
    except (OSError, KeyError, subprocess.SubprocessError) as error:
        reason = f"{because}; and a private one did not start: {error}"
        return Service(name="mysql", reason=reason)
    os.environ["TEST_MYSQL_URL"] = url
    return Service(name="mysql", url=url)


class PrivateMariaDB:
    """A server in a temporary folder, which ends with this process."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="django-activejob-mariadb-"))
        self._owner = os.getpid()
        self._port = free_port()
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Make the tables, start the server, and return its address; raises OSError."""
        atexit.register(self._stop)
        if os.geteuid() == 0:
            shutil.chown(self._folder, "mysql", "mysql")
        install = ["mariadb-install-db", "--no-defaults", *self._place()]
        install.append("--auth-root-authentication-method=normal")
        subprocess.run(install, check=True, capture_output=True, timeout=START_TIMEOUT)
        self.launch()
        return self.url

    @property
    def url(self) -> str:
        """Where it answers, once it is started."""
        return f"mysql://root@127.0.0.1:{self._port}/mysql"

    def _place(self) -> list[str]:
        user = ["--user=mysql"] if os.geteuid() == 0 else []
        return [f"--datadir={self._folder / 'data'}", *user]

    def launch(self) -> None:
        """Start the server; raises OSError."""
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [
                    *("mariadbd", "--no-defaults", *self._place(), "--bind-address=127.0.0.1"),
                    f"--port={self._port}",
                    f"--socket={self._folder / 'socket'}",
                    "--innodb-flush-log-at-trx-commit=0",
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait_for(self.url)

    def halt(self) -> None:
        """End the server in order, for it keeps its log in memory; it can be launched again."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(timeout=START_TIMEOUT)
            self._server = None

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
        self.halt()
        shutil.rmtree(self._folder, ignore_errors=True)


def redis_problem(url: str) -> str | None:
    """Why no Redis answers at an address; None when one does."""
    try:
        import redis as client
    except ImportError as error:
        return f"redis cannot be imported ({error}); install django-activejob[redis]"
    try:
        with client.Redis.from_url(url, socket_timeout=CONNECT_TIMEOUT, retry=None) as server:
            server.ping()
    except client.RedisError as error:
        return f"no Redis for us at {_public(url)}: {' '.join(str(error).split())}"
    return None


class PrivateRedis:
    """A Redis in a temporary folder, which ends with this process; may be killed and restarted.

    Args:
        options: further options of redis-server, such as ``--appendonly yes``.
    """

    def __init__(self, *options: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="django-activejob-redis-"))
        self._owner = os.getpid()
        self._options = options
        self._server: subprocess.Popen[bytes] | None = None
        self.port = free_port(below=55_535)  # a cluster wants that plus 10,000 too
        self.url = f"redis://127.0.0.1:{self.port}/0"
        atexit.register(self._leave)

    def start(self, *options: str, wait: bool = True) -> str:
        """Start the server, with the data that it had before, and return its address.

        ``options`` count for this time only; ``wait`` False does not wait for it to answer.
        """
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [
                    *("redis-server", "--port", str(self.port), "--bind", "127.0.0.1"),
                    *("--dir", str(self._folder), "--save", "", "--daemonize", "no"),
                    *self._options,
                    *options,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        if wait:
            self._wait()
        return self.url

    def stop(self) -> None:
        """Let the server write what it has to, and end."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the server at once."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Let the server hang."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let the server go on."""
        self._signal(signal.SIGCONT)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while problem := redis_problem(self.url):
            ended = self._server is None or self._server.poll() is not None
            if ended or time.monotonic() > deadline:
                raise OSError(problem)
            time.sleep(0.02)

    def _end(self, number: signal.Signals) -> None:
        self._signal(number)
        if self._server is not None:
            self._server.wait(timeout=START_TIMEOUT)

    def _signal(self, number: signal.Signals) -> None:
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(number)

    def _leave(self) -> None:
        if os.getpid() != self._owner:
            return
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


def free_port(*, below: int = 65_536) -> int:
    """A port on which nobody listens yet."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port < below:
            return port
