from __future__ import annotations

import time

import pytest
from django.test import override_settings

from django_activejob.adapters.redis import RedisAdapter
from django_activejob.adapters.redis.connection import make_pool
from django_activejob.errors import AdapterUnavailable, InvalidOptions
from django_activejob.testing.contracts.furniture import Worker, arguments, envelope
from tests import services
from tests.redis import cache, fresh_adapter
from tests.unit.adapters.redis.conftest import store_of

LOCMEM = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
NOBODY = "redis://127.0.0.1:1/0"


class TestCache:
    def test_an_alias_that_is_not_there_is_named_with_those_that_are(self) -> None:
        with (
            override_settings(CACHES={"default": LOCMEM, "jobs": LOCMEM}),
            pytest.raises(InvalidOptions, match=r"'queue', and CACHES.*one of: default, jobs"),
        ):
            make_pool("queue", max_connections=None)

    @pytest.mark.parametrize(
        "entry",
        [
            LOCMEM,
            {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": NOBODY},
            cache(NOBODY, CLIENT_CLASS="django_redis.client.ShardClient"),
        ],
        ids=["locmem", "django's own", "shards"],
    )
    def test_other_caches_are_refused_with_what_to_do(self, entry: dict[str, object]) -> None:
        with (
            override_settings(CACHES={"default": entry}),
            pytest.raises(InvalidOptions, match=r"needs a cache of django-redis"),
        ):
            make_pool("default", max_connections=None)


@pytest.mark.needs("redis")
class TestPool:
    def test_options_for_a_cache_with_the_same_url_do_not_reach_us(self) -> None:
        url = str(services.redis().url)
        kwargs = {"decode_responses": True, "max_connections": 1, "protocol": 3}
        entries = {
            "default": cache(url, CONNECTION_POOL_KWARGS=kwargs, SOCKET_TIMEOUT=1),
            "jobs": cache(url),
        }
        with override_settings(CACHES=entries):
            from django.core.cache import caches

            caches["default"].set("warmed", "up")
            pool = store_of("jobs").pool
            assert pool is not caches["default"].client.get_client().connection_pool
            assert pool.connection_kwargs["decode_responses"] is False
            assert pool.connection_kwargs["socket_timeout"] == 5.0
            assert pool.max_connections > 1_000

    @pytest.mark.parametrize("decode", [True, False])
    def test_a_cache_may_decode_its_answers_or_not(self, decode: bool) -> None:
        entry = cache(
            str(services.redis().url), CONNECTION_POOL_KWARGS={"decode_responses": decode}
        )
        with fresh_adapter(caches={"default": entry}) as adapter:
            adapter.enqueue(envelope("Grüße"))
            assert arguments(Worker(adapter).claim()) == ["Grüße"]

    @pytest.mark.line("RQ-227")
    def test_too_few_connections_are_named(self) -> None:
        with fresh_adapter(max_connections=1) as adapter:
            too_few = pytest.raises(AdapterUnavailable, match="raise the adapter's option 'max_co")
            with adapter._store._connection(), too_few:
                adapter.enqueue(envelope(1))
            assert adapter.enqueue(envelope(2))


class TestOutage:
    def test_a_server_that_is_not_there_is_told_at_once(self) -> None:
        with override_settings(CACHES={"default": cache(NOBODY)}):
            adapter = RedisAdapter()
            began = time.monotonic()
            with pytest.raises(AdapterUnavailable, match=r"CACHES\['default'\].*server up"):
                adapter.enqueue(envelope(1))
            assert time.monotonic() - began < 30
