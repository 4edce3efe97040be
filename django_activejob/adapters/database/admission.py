"""When jobs that wait go on: after the commit of whatever wants to, or makes room."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from django_activejob.adapters.database.gates import throttle_key_of, waits_for
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions.admit import admit
from django_activejob.adapters.database.transitions.open_gate import open_gate
from django_activejob.contracts import Envelope, Limit, Throttle
from django_activejob.errors import AdapterUnavailable

logger = logging.getLogger(__name__)

KEYS_AT_ONCE = 500

_AWAITED = """
    SELECT DISTINCT limit_key FROM django_activejob_job
    WHERE state = 'blocked' AND limit_key {among}
"""
# A loose index scan: one probe for each key, however many jobs wait for it.
_ALL_AWAITED = """
    WITH RECURSIVE awaited AS (
        SELECT MIN(limit_key) AS limit_key, 1 AS number FROM django_activejob_job
        WHERE state = 'blocked' AND limit_key > %s
        UNION ALL
        SELECT (
            SELECT MIN(job.limit_key) FROM django_activejob_job AS job
            WHERE job.state = 'blocked' AND job.limit_key > awaited.limit_key
        ), number + 1
        FROM awaited WHERE awaited.limit_key IS NOT NULL AND number < %s
    )
    SELECT limit_key FROM awaited WHERE limit_key IS NOT NULL
"""
_LIMIT_KEYS = """
    SELECT limit_key FROM django_activejob_job WHERE id {among} AND limit_key > ''
"""
_TIMED = """
    SELECT throttle_key FROM django_activejob_throttle
    WHERE throttle_key {among} AND opens_at IS NOT NULL
"""

Said = Limit | Throttle


def admit_new(store: Store, envelopes: Iterable[Envelope]) -> None:
    """Gives permits to new jobs, once they are committed, as far as there are any."""
    for key, said in _said(envelopes).items():
        store.after_commit(partial(_admit_calmly, store, key, said=said))


def admit_next(store: Store, keys: Iterable[str]) -> None:
    """Gives permits of these keys to those who wait, once what is open has been committed."""
    wanted = sorted(set(keys))
    if wanted:
        store.after_commit(partial(_admit_awaited, store, wanted))


def admit_at(store: Store, key: str, *, said: Said | None = None) -> int:
    """Lets those go on who wait for a key, a limit's or a throttle's, as far as there is room.

    Returns:
        How many became ready.
    """
    throttle_key = throttle_key_of(key)
    if throttle_key is None:
        return admit(store, key, said=said if isinstance(said, Limit) else None)
    declared = said if isinstance(said, Throttle) else None
    passed = open_gate(store, throttle_key, said=declared)
    admit_next(store, passed.limits)
    return passed.ready


def limit_keys_of(store: Store, row_ids: list[int]) -> list[str]:
    """The keys that jobs wait for or hold; one may come several times."""
    return [key for (key,) in store.rows(_LIMIT_KEYS, (row_ids,))]


def awaited_keys(store: Store) -> Iterator[str]:
    """All keys that blocked jobs wait for, but for the gates that are to open at their time."""
    last = ""
    while True:
        asked = (last, KEYS_AT_ONCE)
        keys = [key for (key,) in store.run(partial(store.rows, _ALL_AWAITED, asked))]
        yield from _without_timed(store, keys)
        if len(keys) < KEYS_AT_ONCE:
            return
        last = keys[-1]


def _without_timed(store: Store, keys: Sequence[str]) -> list[str]:
    throttles = {key: throttle for key in keys if (throttle := throttle_key_of(key))}
    if not throttles:
        return list(keys)
    asked = (list(throttles.values()),)
    timed = {key for (key,) in store.run(partial(store.rows, _TIMED, asked))}
    return [key for key in keys if throttles.get(key) not in timed]


def _said(envelopes: Iterable[Envelope]) -> dict[str, Said]:
    found = {waits_for(each): each.limit or each.throttle for each in envelopes}
    return {key: said for key, said in found.items() if said is not None}


def _admit_awaited(store: Store, keys: list[str]) -> None:
    try:
        awaited = store.run(lambda: store.rows(_AWAITED, (keys,)))
    except AdapterUnavailable:
        _tell_of_delay()
        return
    for (key,) in awaited:
        _admit_calmly(store, key)


def _admit_calmly(store: Store, key: str, *, said: Said | None = None) -> None:
    # What this follows is committed: an error here must not look like one of that.
    try:
        admit_at(store, key, said=said)
    except AdapterUnavailable:
        _tell_of_delay()


def _tell_of_delay() -> None:
    logger.warning(
        "The store could not be reached to let blocked jobs start; the next round of upkeep does.",
        exc_info=True,
    )
