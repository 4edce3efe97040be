"""blocked → ready: jobs get past the gate of their throttle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django_activejob.adapters.database import gates, routing, windows
from django_activejob.adapters.database.gates import gate_of
from django_activejob.adapters.database.listening import notify
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.windows import Window
from django_activejob.contracts import Limit, Throttle

# Two conditions on the state: the first is that of the index. There are few, so no LIMIT: with
# one, planners hope to meet them soon on a walk through the whole table.
_READY = """
    SELECT COUNT(*) FROM django_activejob_job
    WHERE limit_key = %s AND limit_key > '' AND state IN ('ready', 'running') AND state = 'ready'
"""
_FIRST = """
    SELECT id, routing FROM django_activejob_job {by_blocked}
    WHERE state = 'blocked' AND limit_key = %s ORDER BY priority, id LIMIT %s {skip}
"""
# In an order that nobody needs, but that an index has.
_IS_AWAITED = """
    SELECT 1 FROM django_activejob_job {by_blocked}
    WHERE state = 'blocked' AND limit_key = %s ORDER BY priority, id LIMIT 1
"""
_LET_IN = "UPDATE django_activejob_job SET state = 'ready' WHERE id {among}"
_LET_ON = "UPDATE django_activejob_job SET limit_key = %s WHERE id {among}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """How many became ready, and the keys of the limits at which others wait from now on."""

    ready: int = 0
    limits: frozenset[str] = frozenset()


def open_gate(store: Store, key: str, *, said: Throttle | None = None) -> Passed:
    """Lets those who wait first past the gate of a throttle, as far as its window has room.

    Locks the throttle's row, then the jobs that it moves, in a transaction of its own. Who is
    past and has not started counts too, so that an idle worker finds no more than may start.
    Starts are counted by the claim, which has the last word.

    Args:
        said: the throttle as a class declares it now; None keeps what was last declared.
    """
    return store.atomically(partial(_open, store, key, said))


def is_awaited(store: Store, gate: str) -> bool:
    """Whether anybody waits at a gate."""
    return bool(store.rows(_IS_AWAITED, (gate,)))


def _open(store: Store, key: str, said: Throttle | None) -> Passed:
    gate = gate_of(key)
    window = _window(store, key, said)
    if window is None:
        return Passed()
    passed = _pass(store, gate, window.room) if window.room else Passed()
    opens_at = _next_look(store, gate, window)
    if opens_at != window.opens_at:
        windows.write(store, window, opens_at=opens_at)
    return passed


def _window(store: Store, key: str, said: Throttle | None) -> Window | None:
    window = windows.locked(store, key) if said is None else None
    if window is not None:
        return window
    throttle = said or _throttle_of_first(store, key)
    return None if throttle is None else windows.declared(store, throttle)


def _throttle_of_first(store: Store, key: str) -> Throttle | None:
    for _id, routed in store.rows(_FIRST, (gate_of(key), 1)):
        throttle: Throttle | None = _facts(routed).get("throttle")
        return throttle or gates.alone(key)
    return None


def _count_ready(store: Store, gate: str) -> int:
    [(count,)] = store.rows(_READY, (gate,))
    return int(count)


def _next_look(store: Store, gate: str, window: Window) -> datetime | None:
    if not is_awaited(store, gate):
        return None
    # Who holds the room of a window that has not begun may never start.
    return window.now + timedelta(seconds=window.per) if window.is_over else window.ends_at


def _pass(store: Store, gate: str, places: int) -> Passed:
    room = places - _count_ready(store, gate)
    if room <= 0:
        return Passed()
    ids = defaultdict(list)
    for id, routed in store.rows(_FIRST, (gate, room)):
        limit: Limit | None = _facts(routed).get("limit")
        ids[limit.key if limit else ""].append(id)
    free = ids.pop("", [])
    if free:
        store.change(_LET_IN, (free,))
        notify(store)
    for key, waiting in ids.items():
        store.change(_LET_ON, (key, waiting))
    return Passed(ready=len(free), limits=frozenset(ids))


def _facts(routed: str) -> Mapping[str, Any]:
    try:
        return routing.read(routed)
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}
