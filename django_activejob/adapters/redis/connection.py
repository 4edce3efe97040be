"""Connections of our own, made with the settings of a django-redis cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.core.cache import caches
from django.core.cache.backends.base import InvalidCacheBackendError
from django_redis import get_redis_connection

from django_activejob.errors import InvalidOptions

if TYPE_CHECKING:
    from redis import ConnectionPool

CONNECT_TIMEOUT: Final = 3.0  # seconds, where the cache says nothing
SOCKET_TIMEOUT: Final = 5.0  # seconds, where the cache says nothing

_UNLIMITED: Final = 2**31


def make_pool(alias: str, *, max_connections: int | None) -> ConnectionPool:
    """A pool that nobody else uses, with the settings of a cache alias, Sentinel's included.

    django-redis shares one pool between all aliases with one URL, with the options of the
    first of them; time-outs and decoding meant for a cache would be imposed on us.
    What is set here suits a queue: bytes come as they are, and no command is repeated on its
    own, for nobody knows whether a command whose answer was lost has been obeyed.

    Args:
        max_connections: None for as many as there are threads that ask at once.

    Raises:
        InvalidOptions: the alias is no cache of django-redis with a single server.
    """
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    factory, url = server_of(alias)
    pool: ConnectionPool = factory.get_connection_pool(factory.make_connection_params(url))
    options = pool.connection_kwargs
    options.update(
        decode_responses=False,
        encoding="utf-8",
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        retry_on_timeout=False,
        retry_on_error=[],
        socket_keepalive=True,
        client_name="django-activejob",
    )
    options["socket_timeout"] = options.get("socket_timeout") or SOCKET_TIMEOUT
    options["socket_connect_timeout"] = options.get("socket_connect_timeout") or CONNECT_TIMEOUT
    pool.max_connections = max_connections or _UNLIMITED
    pool.reset()
    return pool


def pool_options(url: str) -> dict[str, Any]:
    """What a URL of Redis says: host, port, db, path.

    Raises:
        ValueError: it is none.
    """
    from redis.connection import parse_url

    return dict(parse_url(url))  # type: ignore[no-untyped-call]  # redis-py's


def server_of(alias: str) -> tuple[Any, str]:
    """The connection factory of a cache of django-redis, and the URL of its master.

    Raises:
        InvalidOptions: the alias is no such cache, or one of several servers.
    """
    try:
        # Does not connect; refuses caches of others, and those of many servers.
        get_redis_connection(alias, write=True)
        cache: Any = caches[alias]
        client = cache.client
        return client.connection_factory, client._server[0]
    except InvalidCacheBackendError as error:
        known = ", ".join(sorted(caches.settings))
        raise InvalidOptions(
            f"The redis adapter's option 'cache' is {alias!r}, and CACHES has no such alias. "
            f"Use one of: {known}."
        ) from error
    except (NotImplementedError, AttributeError, IndexError) as error:
        raise InvalidOptions(
            f"CACHES[{alias!r}] is {caches.settings[alias].get('BACKEND')!r}, which gives no "
            "connection to one Redis. The redis adapter needs a cache of django-redis "
            '("BACKEND": "django_redis.cache.RedisCache") that is not sharded.'
        ) from error
