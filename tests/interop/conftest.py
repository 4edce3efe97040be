"""A Rails application and a Django site at one Redis, which is theirs alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from pytest_django import Settings

from django_activejob import handler
from django_activejob.contracts import Inspector
from tests.integration.harness import ROOT, Run
from tests.interop.rails import Console, Sidekiq
from tests.services import PrivateRedis
from tests.shop.models import Voucher
from tests.waiting import until


class Shared:
    """The Redis, and who works at it."""

    def __init__(self, url: str, folder: Path, database: Path) -> None:
        self.url = url
        self.client = redis.Redis.from_url(url, protocol=2)
        self._folder = folder
        self._database = database
        self._workers: list[Sidekiq] = []
        self._runs: list[Run] = []

    def diary(self) -> list[dict[str, Any]]:
        """What the jobs of either side have written down."""
        return [json.loads(line) for line in self.client.lrange("diary", 0, -1)]

    def lines(self, number: int, *, within: float = 60.0) -> list[dict[str, Any]]:
        """What they have written, once it is so many lines; each with its class."""
        until(lambda: len(self.diary()) >= number, within=within)
        return self.diary()

    def break_down(self) -> None:
        """Let breakable jobs fail from now on."""
        self.client.set("broken", "1")

    def mend(self) -> None:
        """Let them succeed again."""
        self.client.delete("broken")

    def sidekiq(self, queue: str = "ruby") -> Sidekiq:
        """Start a worker of Ruby's."""
        log = self._folder / f"sidekiq-{len(self._workers)}.log"
        self._workers.append(Sidekiq(self.url, queue=queue, log=log))
        return self._workers[-1].until_ready()

    def close_sidekiq(self) -> None:
        """End Ruby's workers at once."""
        for worker in self._workers:
            worker.close()

    def runjobs(self, *options: str) -> Run:
        """Start our workers."""
        log = self._folder / f"runjobs-{len(self._runs)}.log"
        environment = environment_of(self.url, self._database)
        self._runs.append(Run(["--processes", "1", *options], environment=environment, log=log))
        return self._runs[-1].until_ready()

    def close(self) -> None:
        """End all who work."""
        for run in self._runs:
            run.kill_all()
        self.close_sidekiq()
        self.client.close()


def environment_of(url: str, database: Path) -> dict[str, str]:
    """What the site's processes find in their environment."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.interop.site.settings",
        "REDIS_URL": url,
        "SITE_DATABASE": str(database),
    }


@pytest.fixture(scope="session")
def server() -> Iterator[PrivateRedis]:
    """A Redis for these tests alone: Sidekiq knows no namespaces."""
    server = PrivateRedis()
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def database(server: PrivateRedis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site's database, with one record that both sides know as Person 7."""
    path = tmp_path_factory.mktemp("interop") / "site.sqlite3"
    script = (
        "import django; django.setup(); from django.core.management import call_command as c;"
        "c('migrate', run_syncdb=True, verbosity=0);"
        "from tests.shop.models import Voucher; Voucher.objects.create(code='7')"
    )
    subprocess.run(
        [sys.executable, "-c", script],
        env=environment_of(server.url, path),
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    return path


@pytest.fixture(scope="session")
def _console(server: PrivateRedis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    console = Console(server.url, log=tmp_path_factory.mktemp("ruby") / "console.log")
    yield console
    console.close()


@pytest.fixture
def shared(server: PrivateRedis, database: Path, tmp_path: Path) -> Iterator[Shared]:
    """An empty Redis, and whom the test starts there."""
    shared = Shared(server.url, tmp_path, database)
    shared.client.flushall()
    yield shared
    shared.close()


@pytest.fixture
def rails(shared: Shared, _console: Console) -> Console:
    """The Rails application's console."""
    return _console


@pytest.fixture
def site(shared: Shared, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shared]:
    """Lets this process enqueue and inspect as the Django site."""
    settings.CACHES = {
        "default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": shared.url}
    }
    settings.ACTIVE_JOB = {"QUEUE_ADAPTER": "redis", "GLOBAL_ID_APP": "testproject"}
    monkeypatch.setattr(Voucher, "global_id_model_name", "Person", raising=False)
    yield shared
    handler.close()


@pytest.fixture
def inspector(site: Shared) -> Inspector:
    """What our admin pages look through."""
    found = handler.adapter().inspector()
    assert found is not None
    return found
