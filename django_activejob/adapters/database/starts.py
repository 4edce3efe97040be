"""Starts that a throttle has counted and that did not come: their places are given back."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django_activejob.adapters.database.ends import End
from django_activejob.adapters.database.rows import Held
from django_activejob.adapters.database.store import Store
from django_activejob.errors import AdapterUnavailable

logger = logging.getLogger(__name__)

_CLAIMED_AT = """
    SELECT id, claimed_at FROM django_activejob_job WHERE id {among} AND state = 'running'
"""
# Not the place of a window that has begun since.
_GIVE_BACK = """
    UPDATE django_activejob_throttle SET started = started - 1
    WHERE throttle_key = %s AND window_at <= %s AND started > 0
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A claim of a throttled job, and its moment."""

    throttle_key: str
    claimed_at: datetime


def starts_to_give_back(store: Store, ends: Sequence[End]) -> Mapping[str, Start]:
    """The starts of those claims, by token, that are about to be released."""
    keys = {end.hold: key for end in ends if (key := _released_key(end))}
    if not keys:
        return {}
    ids = [hold.id for hold in keys]
    claimed: dict[int, Any] = dict(store.run(lambda: store.rows(_CLAIMED_AT, (ids,))))
    return {
        hold.token: Start(throttle_key=key, claimed_at=moment)
        for hold, key in keys.items()
        if (moment := store.vendor.read_time(claimed.get(hold.id))) is not None
    }


def start_of(held: Held) -> Start | None:
    """The start of a held job; None without a throttle."""
    throttle = held.claim.envelope.throttle if held.claim.envelope else None
    if throttle is None or held.claimed_at is None:
        return None
    return Start(throttle_key=throttle.key, claimed_at=held.claimed_at)


def give_back(store: Store, starts: Iterable[Start]) -> None:
    """Gives the places of starts back, once what is open has been committed."""
    for start in sorted(starts, key=lambda start: start.throttle_key):
        store.after_commit(partial(_give_back_calmly, store, start))


def _released_key(end: End) -> str | None:
    envelope = end.claim.envelope
    if end.execution is not None or envelope is None or envelope.throttle is None:
        return None
    return envelope.throttle.key


def _give_back_calmly(store: Store, start: Start) -> None:
    moment = store.vendor.write_time(start.claimed_at)
    try:
        store.run(lambda: store.change(_GIVE_BACK, (start.throttle_key, moment)))
    except AdapterUnavailable:
        logger.warning(
            "The store could not be reached to give the place of a job back that did not start; "
            "the throttle %s lets one less start in this window.",
            start.throttle_key,
            exc_info=True,
        )
