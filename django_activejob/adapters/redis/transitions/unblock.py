"""blocked → ready: upkeep gives the permits that nobody gave in time."""

from __future__ import annotations

from django_activejob.adapters.redis.store import Store

KEYS_AT_ONCE = 200

_PIECES = ("frames", "time", "queues", "permits", "unblock")


def unblock(store: Store) -> int:
    """Admits jobs of all keys that are waited for; says how many.

    It finds what waits for a job that has held its permit for longer than its limit's
    duration, or that somebody else has taken out of Redis.
    """
    keys = store.ask("SMEMBERS", store.keys.limits)
    pieces = [keys[start : start + KEYS_AT_ONCE] for start in range(0, len(keys), KEYS_AT_ONCE)]
    return sum(int(store.run(*_PIECES, with_=piece)) for piece in pieces)
