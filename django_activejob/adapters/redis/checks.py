"""System checks of a cache alias, made from the settings alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core import checks
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.core.checks import CheckMessage

from django_activejob.adapters.redis.connection import pool_options, server_of
from django_activejob.errors import InvalidOptions

_OF_A_SERVER = ("host", "port", "path", "db", "service_name")


def check_alias(alias: str) -> Iterator[CheckMessage]:
    """E201: the alias is no cache of django-redis. W201: a cache that is cleared empties it."""
    try:
        server_of(alias)
    except InvalidOptions as error:
        yield checks.Error(
            str(error),
            hint='Add an alias for jobs to CACHES and name it: "OPTIONS": {"cache": "jobs"}.',
            id="activejob.E201",
        )
        return
    clearing = [other for other in sorted(caches.settings) if _clears(other, alias)]
    if clearing:
        names = " and ".join(f"CACHES[{name!r}]" for name in clearing)
        yield checks.Warning(
            f"{names}: cache.clear() empties the Redis database in which the jobs of the redis "
            f"adapter are kept (its option 'cache' is {alias!r}), and the jobs would be gone.",
            hint="Give jobs an alias that nothing caches in, with another database number at the "
            "end of its LOCATION, or better a server without eviction, and name it: "
            '"OPTIONS": {"cache": "jobs"}.',
            id="activejob.W201",
        )


def _clears(other: str, alias: str) -> bool:
    """Whether clearing this cache empties our database; what is made for jobs is not cleared."""
    if other == alias:
        return alias == DEFAULT_CACHE_ALIAS
    return _place_of(other) == _place_of(alias)


def _place_of(alias: str) -> dict[str, Any] | None:
    location = caches.settings[alias].get("LOCATION")
    if "redis" not in str(caches.settings[alias].get("BACKEND", "")).lower() or not location:
        return None
    try:
        options = pool_options(location if isinstance(location, str) else location[0])
    except (ValueError, IndexError):
        return None
    return {name: options.get(name, _DEFAULTS.get(name)) for name in _OF_A_SERVER}


_DEFAULTS = {"host": "localhost", "port": 6379, "db": 0}
