from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from django_activejob.adapters.redis import RedisAdapter
from django_activejob.errors import AdapterUnavailable, InvalidOptions
from django_activejob.testing.contracts.furniture import Worker
from tests.redis import cache, fresh_adapter
from tests.services import PrivateRedis

LOCMEM = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
HERE = "redis://127.0.0.1:6379"


def _checked(caches: dict[str, Any], alias: str) -> list[Any]:
    with override_settings(CACHES=caches):
        return list(RedisAdapter(cache=alias).check())


class TestSettings:
    def test_a_cache_of_its_own_is_fine(self) -> None:
        caches = {"default": cache(f"{HERE}/0"), "jobs": cache(f"{HERE}/1")}
        assert _checked(caches, "jobs") == []

    def test_a_cache_that_is_none_of_django_redis_is_an_error(self) -> None:
        [message] = _checked({"default": LOCMEM}, "default")
        assert message.id == "activejob.E201"
        assert "needs a cache of django-redis" in message.msg

    @pytest.mark.parametrize(
        "location", [HERE, f"{HERE}/0", "redis://:secret@127.0.0.1:6379/0?socket_timeout=2"]
    )
    def test_a_cache_on_the_same_database_is_warned_about(self, location: str) -> None:
        caches = {"default": cache(location), "jobs": cache(f"{HERE}/0")}
        [message] = _checked(caches, "jobs")
        assert message.id == "activejob.W201"
        assert message.msg.startswith("CACHES['default']: cache.clear() empties")

    def test_the_default_cache_itself_is_warned_about(self) -> None:
        [message] = _checked({"default": cache(f"{HERE}/0")}, "default")
        assert message.id == "activejob.W201"

    @pytest.mark.parametrize(
        ("option", "value"),
        [("polling_interval", 0), ("most_dead", 0), ("keep_dead", "long"), ("wire", "6")],
    )
    def test_options_without_sense_are_refused(self, option: str, value: Any) -> None:
        with pytest.raises(InvalidOptions, match=option):
            RedisAdapter(**{option: value})


@pytest.mark.needs("redis")
class TestServer:
    @pytest.mark.line("RQ-220")
    def test_a_server_that_throws_keys_away_is_warned_about(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        server = PrivateRedis("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
        with fresh_adapter(server.start()) as adapter:
            Worker(adapter)
        server.kill()
        assert "maxmemory-policy allkeys-lru" in caplog.text

    def test_a_safe_server_is_not_warned_about(
        self, adapter: RedisAdapter, caplog: pytest.LogCaptureFixture
    ) -> None:
        Worker(adapter)
        assert caplog.text == ""

    @pytest.mark.line("RQ-223")
    def test_a_cluster_is_refused(self) -> None:
        server = PrivateRedis("--cluster-enabled", "yes")
        with (
            fresh_adapter(server.start()) as adapter,
            pytest.raises(AdapterUnavailable, match="belongs to a Redis Cluster"),
        ):
            Worker(adapter)
        server.kill()

    @pytest.mark.line("RQ-223")
    def test_enqueuing_into_a_cluster_is_refused(self) -> None:
        server = PrivateRedis("--cluster-enabled", "yes")
        with fresh_adapter(server.start()) as adapter, pytest.raises(AdapterUnavailable):
            adapter.enqueue(_job())
        server.kill()

    def test_an_old_server_is_refused(
        self, adapter: RedisAdapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        facts = b"redis_version:6.0.16\r\n"
        monkeypatch.setattr(adapter._store, "ask", lambda *words: facts)
        with pytest.raises(AdapterUnavailable, match=r"Redis 6\.0\.16; the redis adapter needs"):
            Worker(adapter)


def _job() -> Any:
    from django_activejob.testing.contracts.furniture import envelope

    return envelope(1)
