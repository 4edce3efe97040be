"""running → blocked: a claim has more jobs of a throttle than its window has room for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django_activejob.adapters.database import windows
from django_activejob.adapters.database.admission import admit_next
from django_activejob.adapters.database.changing import Change, change
from django_activejob.adapters.database.fence import hold_of, still_held
from django_activejob.adapters.database.gates import gate_of
from django_activejob.adapters.database.rows import Held
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions.open_gate import is_awaited
from django_activejob.contracts import Throttle

_TURNED_AWAY = "state = 'blocked', process_id = '', claimed_at = NULL, limit_key = %s"


def take(store: Store, process_id: str, held: Sequence[Held]) -> list[Held]:
    """Counts the starts of throttled jobs that were just claimed; gives those that may start.

    Those without room go back to the gate of their throttle, where they keep their place by
    priority and id; the permits of their limits are free. For each throttle, in the order of
    their keys, it locks the throttle's row, then the jobs that it moves, in a transaction of
    its own; so no more can start than the window holds, whoever claims at the same time.
    """
    throttles, groups = _grouped(held)
    if not throttles:
        return list(held)
    refused: set[int] = set()
    for key in sorted(throttles):
        taking = partial(_take, store, process_id, throttles[key], groups[key])
        refused.update(store.atomically(taking))
    admit_next(store, [key for each in held if each.id in refused and (key := _limit_key(each))])
    return [each for each in held if each.id not in refused]


def _grouped(held: Sequence[Held]) -> tuple[dict[str, Throttle], dict[str, list[Held]]]:
    throttles: dict[str, Throttle] = {}
    groups: defaultdict[str, list[Held]] = defaultdict(list)
    for each in held:
        throttle = each.claim.envelope.throttle if each.claim.envelope else None
        if throttle is not None:
            throttles[throttle.key] = throttle
            groups[throttle.key].append(each)
    return throttles, groups


def _take(store: Store, process_id: str, throttle: Throttle, held: Sequence[Held]) -> list[int]:
    gate = gate_of(throttle.key)
    window = windows.locked(store, throttle.key) or windows.declared(store, throttle)
    refused = held[window.room :]
    if refused:
        _turn_away(store, process_id, refused, gate=gate)
    count = len(held) - len(refused)
    after = window.with_starts(count, since=_claimed_at(held, otherwise=window.now))
    is_looked_for = bool(refused) or is_awaited(store, gate)
    windows.write(store, after, opens_at=after.ends_at if is_looked_for else None)
    return [each.id for each in refused]


def _turn_away(store: Store, process_id: str, held: Sequence[Held], *, gate: str) -> None:
    holds = [hold for each in held if (hold := hold_of(each.claim.token)) is not None]
    change(store, still_held(process_id, holds), Change(sql=_TURNED_AWAY, parameters=(gate,)))


def _limit_key(held: Held) -> str:
    envelope = held.claim.envelope
    return envelope.limit.key if envelope and envelope.limit else ""


def _claimed_at(held: Sequence[Held], *, otherwise: datetime) -> datetime:
    return min((each.claimed_at for each in held if each.claimed_at), default=otherwise)
