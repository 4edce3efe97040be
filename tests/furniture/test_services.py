from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests import services
from tests.furniture.inner_run import ROOT, run_pytest

NEEDY = "import pytest\n@pytest.mark.needs('postgres')\ndef test_it(): pass\n"
PLUGIN = ("-p", "tests.conftest")
NOBODY = "postgresql://postgres@127.0.0.1:1/postgres"


NO_MYSQL = "mysql://root@127.0.0.1:1/mysql"


class TestMySQL:
    def test_an_address_that_is_wanted_is_not_replaced(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TEST_MYSQL_URL", NO_MYSQL)

        found = services.mysql.__wrapped__()

        assert found.url is None
        assert "no MariaDB or MySQL for us at 127.0.0.1:1" in str(found.reason)

    def test_a_missing_server_and_missing_programs_are_both_named(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("TEST_MYSQL_URL", raising=False)
        monkeypatch.setattr(services, "MYSQL_URI", NO_MYSQL)
        monkeypatch.setattr("shutil.which", lambda program: None)

        found = services.mysql.__wrapped__()

        assert found.url is None
        assert "nor are MariaDB's programs installed" in str(found.reason)

    @pytest.mark.skipif(not shutil.which("mariadbd"), reason="no mariadbd")
    def test_a_private_one_starts_where_none_answers_and_ends_with_its_process(self) -> None:
        program = (
            "import os; from tests import services\n"
            f"services.MYSQL_URI = {NO_MYSQL!r}\n"
            "os.environ.pop('TEST_MYSQL_URL', None)\n"
            "found = services.mysql()\n"
            "assert found.url == os.environ['TEST_MYSQL_URL'], found.reason\n"
            "print(found.url)\n"
        )

        ended = subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )

        assert services._mysql_problem(ended.stdout.strip()) is not None


NO_REDIS = "redis://127.0.0.1:1/0"


class TestRedis:
    def test_an_address_that_is_wanted_is_not_replaced(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TEST_REDIS_URL", NO_REDIS)

        found = services.redis.__wrapped__()

        assert found.url is None
        assert "no Redis for us at 127.0.0.1:1" in str(found.reason)

    def test_a_missing_program_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("TEST_REDIS_URL", raising=False)
        monkeypatch.setattr("shutil.which", lambda program: None)

        found = services.redis.__wrapped__()

        assert found.url is None
        assert "redis-server is not installed" in str(found.reason)

    @pytest.mark.skipif(not shutil.which("redis-server"), reason="no redis-server")
    def test_a_private_one_ends_with_its_process(self) -> None:
        program = (
            "import os; from tests import services\n"
            "os.environ.pop('TEST_REDIS_URL', None)\n"
            "found = services.redis()\n"
            "assert found.url == os.environ['TEST_REDIS_URL'], found.reason\n"
            "assert services.redis_problem(found.url) is None\n"
            "print(found.url)\n"
        )

        ended = subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )

        assert services.redis_problem(ended.stdout.strip()) is not None


class TestPostgres:
    def test_an_address_that_is_wanted_is_not_replaced(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TEST_POSTGRES_URL", NOBODY)

        found = services.postgres.__wrapped__()

        assert found.url is None
        assert "no PostgreSQL for us at 127.0.0.1:1" in str(found.reason)

    def test_a_missing_server_and_missing_programs_are_both_named(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("TEST_POSTGRES_URL", raising=False)
        monkeypatch.setattr(services, "POSTGRES_URI", NOBODY)
        monkeypatch.setattr(services, "postgres_programs", lambda: None)

        found = services.postgres.__wrapped__()

        assert found.url is None
        assert "at 127.0.0.1:1" in str(found.reason)
        assert "nor are its programs (initdb, pg_ctl) installed" in str(found.reason)

    @pytest.mark.skipif(services.postgres_programs() is None, reason="no initdb, no pg_ctl")
    def test_a_private_one_starts_where_none_answers_and_ends_with_its_process(self) -> None:
        program = (
            "import os; from tests import services\n"
            f"services.POSTGRES_URI = {NOBODY!r}\n"
            "os.environ.pop('TEST_POSTGRES_URL', None)\n"
            "found = services.postgres()\n"
            "assert found.url == os.environ['TEST_POSTGRES_URL'], found.reason\n"
            "assert services._postgres_problem(found.url) is None\n"
            "print(found.url)\n"
        )

        ended = subprocess.run(
            [sys.executable, "-c", program],
            check=False,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )

        assert ended.returncode == 0, ended.stderr
        port = int(ended.stdout.rsplit(":", 1)[1].split("/")[0])
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0

    def test_a_url_becomes_a_database_of_django(self) -> None:
        database = services.django_database("postgresql://me:p%40ss@db.example:6543/shop")

        assert database == {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "shop",
            "USER": "me",
            "PASSWORD": "p@ss",
            "HOST": "db.example",
            "PORT": "6543",
        }


class TestLookup:
    def test_an_unknown_service_is_refused_by_name(self) -> None:
        with pytest.raises(LookupError, match=r"oracle: no such service; there are .*mysql, "):
            services.service("oracle")


class TestMissingServices:
    def test_skip_at_the_desk_and_say_so(self, tmp_path: Path) -> None:
        ended = run_pytest(tmp_path, NEEDY, *PLUGIN, "-rs", TEST_POSTGRES_URL=NOBODY)

        assert ended.returncode == 0
        assert "needs postgres: no PostgreSQL for us at 127.0.0.1:1" in ended.stdout
        assert "postgres: tests that did not run: 1" in ended.stdout

    def test_fail_in_ci(self, tmp_path: Path) -> None:
        ended = run_pytest(tmp_path, NEEDY, *PLUGIN, TEST_POSTGRES_URL=NOBODY, CI="true")

        assert ended.returncode == 1
        assert "needs postgres: no PostgreSQL for us at 127.0.0.1:1" in ended.stdout

    def test_an_unknown_service_is_an_error(self, tmp_path: Path) -> None:
        ended = run_pytest(tmp_path, NEEDY.replace("postgres", "oracle"), *PLUGIN)

        assert ended.returncode == 1
        assert "oracle: no such service" in ended.stdout
