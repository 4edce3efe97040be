"""Redis for tests: a cache of django-redis at a private server, and a namespace for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis
from django.test import override_settings

from django_activejob.adapters.redis import RedisAdapter
from tests import services


def cache(url: str, **options: Any) -> dict[str, Any]:
    """The entry of CACHES for a server."""
    entry: dict[str, Any] = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url}
    return {**entry, "OPTIONS": options} if options else entry


def client(url: str | None = None) -> redis.Redis:
    """A client of its own, to look at what an adapter has written."""
    return redis.Redis.from_url(url or str(services.redis().url), protocol=2)


@contextmanager
def fresh_adapter(url: str | None = None, **options: Any) -> Iterator[RedisAdapter]:
    """An adapter over empty keys, which are deleted after it."""
    address = url or str(services.redis().url)
    namespace = options.pop("namespace", f"test-{uuid.uuid4().hex[:8]}")
    caches = options.pop("caches", {"default": cache(address)})
    with override_settings(CACHES=caches):
        adapter = RedisAdapter(namespace=namespace, **options)
        try:
            yield adapter
        finally:
            adapter.close()
            _delete(address, namespace)


def _delete(url: str, namespace: str) -> None:
    with client(url) as server:
        for key in server.scan_iter(match=f"{namespace}:*", count=1000):
            server.unlink(key)
