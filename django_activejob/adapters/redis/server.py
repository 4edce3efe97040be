"""What a running server says about itself, and whether jobs are safe with it."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Final

from django_activejob.adapters.redis.store import Store
from django_activejob.errors import AdapterUnavailable

logger = logging.getLogger(__name__)

OLDEST: Final = (6, 2)
SAFE_POLICY: Final = "noeviction"


def examine(store: Store) -> None:
    """Looks at the server once, before a process works for it.

    Warns when it may throw jobs away to make room.

    Raises:
        AdapterUnavailable: it cannot be reached, is too old, or is one of a cluster.
    """
    facts = facts_of(store)
    where = f"CACHES[{store.alias!r}]"
    version = facts.get("redis_version", "")
    if _numbers(version) < OLDEST:
        raise AdapterUnavailable(
            f"{where}: this is Redis {version}; the redis adapter needs 6.2 or newer, or Valkey."
        )
    if facts.get("cluster_enabled") == "1":
        raise AdapterUnavailable(
            f"{where}: this server belongs to a Redis Cluster, over which jobs cannot be spread; "
            "use a single server, or Sentinel."
        )
    policy = facts.get("maxmemory_policy", SAFE_POLICY)
    if policy != SAFE_POLICY:
        logger.warning(
            "%s: when its memory is full, this Redis throws keys away (maxmemory-policy %s), and "
            "jobs with them. Set maxmemory-policy to noeviction.",
            where,
            policy,
        )


def facts_of(store: Store) -> Mapping[str, str]:
    """What the server tells of itself.

    Raises:
        AdapterUnavailable: it cannot be reached.
    """
    lines = store.ask("INFO").decode(errors="replace").splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])
