"""When permits are given: after the commit of whatever wants one or makes one free."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from functools import partial

from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions.admit import admit
from django_activejob.contracts import Envelope, Limit
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


def admit_new(store: Store, envelopes: Iterable[Envelope]) -> None:
    """Gives permits to new jobs, once they are committed, as far as there are any."""
    for key, limit in _limits(envelopes).items():
        store.after_commit(partial(_admit_calmly, store, key, said=limit))


def admit_next(store: Store, keys: Iterable[str]) -> None:
    """Gives permits of these keys to those who wait, once what is open has been committed."""
    wanted = sorted(set(keys))
    if wanted:
        store.after_commit(partial(_admit_awaited, store, wanted))


def limit_keys_of(store: Store, row_ids: list[int]) -> list[str]:
    """The keys of the limits that jobs are under; one may come several times."""
    return [key for (key,) in store.rows(_LIMIT_KEYS, (row_ids,))]


def awaited_keys(store: Store) -> Iterator[str]:
    """All keys that blocked jobs wait for."""
    last = ""
    while True:
        asked = (last, KEYS_AT_ONCE)
        keys = [key for (key,) in store.run(partial(store.rows, _ALL_AWAITED, asked))]
        yield from keys
        if len(keys) < KEYS_AT_ONCE:
            return
        last = keys[-1]


def _limits(envelopes: Iterable[Envelope]) -> dict[str, Limit]:
    return {each.limit.key: each.limit for each in envelopes if each.limit is not None}


def _admit_awaited(store: Store, keys: list[str]) -> None:
    try:
        awaited = store.run(lambda: store.rows(_AWAITED, (keys,)))
    except AdapterUnavailable:
        _tell_of_delay()
        return
    for (key,) in awaited:
        _admit_calmly(store, key)


def _admit_calmly(store: Store, key: str, *, said: Limit | None = None) -> None:
    # What this follows is committed: an error here must not look like one of that.
    try:
        admit(store, key, said=said)
    except AdapterUnavailable:
        _tell_of_delay()


def _tell_of_delay() -> None:
    logger.warning(
        "The store could not be reached to let blocked jobs start; the next round of upkeep does.",
        exc_info=True,
    )
