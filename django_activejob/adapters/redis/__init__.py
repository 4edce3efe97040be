"""Jobs in Redis, in the form and under the keys of Sidekiq."""

from __future__ import annotations

try:
    import django_redis  # noqa: F401 - all connections come from a cache of it
except ImportError as error:
    raise ImportError(
        f"{error}. The redis adapter needs django-redis: pip install 'django-activejob[redis]'."
    ) from error

from django_activejob.adapters.redis.adapter import RedisAdapter

__all__ = ["RedisAdapter"]
