"""Redis behind Sentinel, as a cache of django-redis reaches it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from django_activejob.errors import AdapterUnavailable
from django_activejob.testing.contracts.furniture import Worker, arguments, envelope
from tests import services
from tests.redis import client, fresh_adapter
from tests.services import PrivateRedis
from tests.waiting import until

pytestmark = pytest.mark.needs("redis")


@pytest.fixture
def servers() -> Iterator[tuple[PrivateRedis, PrivateRedis]]:
    """A master, and a replica of it."""
    master = PrivateRedis()
    master.start()
    replica = PrivateRedis(
        "--replicaof", f"127.0.0.1 {master.port}", "--repl-diskless-load", "swapdb"
    )
    replica.start()
    yield master, replica
    for server in (master, replica):
        server.kill()


@pytest.fixture
def sentinel(tmp_path: Path, servers: tuple[PrivateRedis, PrivateRedis]) -> Iterator[int]:
    """The port of a Sentinel that watches the master."""
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    port = services.free_port()
    config = tmp_path / "sentinel.conf"
    config.write_text(
        f"port {port}\nbind 127.0.0.1\ndir {tmp_path}\n"
        f"sentinel monitor jobs 127.0.0.1 {servers[0].port} 1\n"
        "sentinel down-after-milliseconds jobs 500\nsentinel failover-timeout jobs 2000\n"
    )
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(["redis-server", str(config), "--sentinel"], stdout=log)
    until(lambda: services.redis_problem(f"redis://127.0.0.1:{port}") is None)
    yield port
    process.kill()
    process.wait()


def _caches(port: int) -> dict[str, Any]:
    options = {
        "CLIENT_CLASS": "django_redis.client.SentinelClient",
        "CONNECTION_FACTORY": "django_redis.pool.SentinelConnectionFactory",
        "SENTINELS": [("127.0.0.1", port)],
        "SENTINEL_KWARGS": {"socket_timeout": 1},
    }
    backend = "django_redis.cache.RedisCache"
    return {"default": {"BACKEND": backend, "LOCATION": "redis://jobs/0", "OPTIONS": options}}


class TestSentinel:
    @pytest.mark.line("RQ-219")
    def test_jobs_go_on_with_the_new_master_after_a_failover(
        self, sentinel: int, servers: tuple[PrivateRedis, PrivateRedis]
    ) -> None:
        master, replica = servers
        until(lambda: _is_in_step(master, replica))
        with fresh_adapter(caches=_caches(sentinel), namespace="") as adapter:
            adapter.enqueue(envelope("before"))
            worker = Worker(adapter)
            held = worker.claim_one()
            until(lambda: _is_in_step(master, replica))
            master.kill()
            with pytest.raises(AdapterUnavailable):
                adapter.enqueue(envelope("lost, and said so"))
            until(lambda: _is_accepted(adapter))
            assert worker.finish(held) == []
            # One that was refused for an answer that was lost may have come all the same.
            assert set(arguments(worker.claim())) == {"after"}


def _is_in_step(master: PrivateRedis, replica: PrivateRedis) -> bool:
    with client(master.url) as leading, client(replica.url) as following:
        wanted = leading.info("replication")["master_repl_offset"]
        facts = following.info("replication")
    is_up = facts.get("master_link_status") == "up"
    return is_up and int(facts["slave_repl_offset"]) >= int(wanted)


def _is_accepted(adapter: Any) -> bool:
    try:
        adapter.enqueue(envelope("after"))
    except AdapterUnavailable:
        return False
    return True
