"""A throttle's present window, under the lock of its row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from django_activejob.adapters.database.store import Store
from django_activejob.contracts import Throttle

# A write, not FOR UPDATE: of two transactions that see the store as it was when they began,
# the second then fails, and is tried again, where it would count wrongly.
_LOCK = "UPDATE django_activejob_throttle SET used_at = {now} WHERE throttle_key = %s"
_LOCK_AND_SAY = """
    UPDATE django_activejob_throttle SET most = %s, per = %s, used_at = {now}
    WHERE throttle_key = %s
"""
_MAKE = """
    {insert} INTO django_activejob_throttle (throttle_key, most, per, started, used_at)
    VALUES (%s, %s, %s, 0, {now}) {unless_there}
"""
_READ = """
    SELECT most, per, window_at, started, opens_at, {now} FROM django_activejob_throttle
    WHERE throttle_key = %s
"""
_WRITE = """
    UPDATE django_activejob_throttle SET window_at = %s, started = %s, opens_at = %s
    WHERE throttle_key = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How many jobs have started since ``began_at``; moments are the store's.

    ``opens_at`` is when to look who waits; None while nobody does.
    """

    key: str
    most: int
    per: float  # seconds
    began_at: datetime | None
    started: int
    opens_at: datetime | None
    now: datetime

    @property
    def ends_at(self) -> datetime:
        """The moment from which the next one may begin; now, when there is none."""
        if self.began_at is None:
            return self.now
        return self.began_at + timedelta(seconds=self.per)

    @property
    def is_over(self) -> bool:
        """Whether the next start begins a new one."""
        return self.began_at is None or self.now >= self.ends_at

    @property
    def room(self) -> int:
        """How many more may start now."""
        return self.most if self.is_over else max(0, self.most - self.started)

    def with_starts(self, count: int, *, since: datetime) -> Window:
        """The window after so many starts; a new one, from ``since``, if this one is over."""
        if not count:
            return self
        if self.is_over:
            return replace(self, began_at=since, started=count)
        return replace(self, started=self.started + count)


def locked(store: Store, key: str) -> Window | None:
    """Locks the row of a throttle until the transaction ends, and reads it; None if none is there.

    It keeps the numbers that were last declared.
    """
    return _read(store, key) if store.change(_LOCK, (key,)) else None


def declared(store: Store, throttle: Throttle) -> Window:
    """As ``locked``; the row takes the numbers of this throttle, and is made if need be."""
    facts = (throttle.to, throttle.per, throttle.key)
    if not store.change(_LOCK_AND_SAY, facts):
        store.change(_MAKE, (throttle.key, throttle.to, throttle.per))
        # Another may have made it, with other numbers.
        store.change(_LOCK_AND_SAY, facts)
    return _read(store, throttle.key)


def write(store: Store, window: Window, *, opens_at: datetime | None) -> None:
    """Writes what was counted; the caller has locked the row.

    Args:
        opens_at: when to look who waits; None when nobody does.
    """
    tell = store.vendor.write_time
    facts = (tell(window.began_at), window.started, tell(opens_at), window.key)
    store.change(_WRITE, facts)


def _read(store: Store, key: str) -> Window:
    [(most, per, began_at, started, opens_at, present)] = store.rows(_READ, (key,))
    read_time = store.vendor.read_time
    return Window(
        key=key,
        most=most,
        per=per,
        began_at=read_time(began_at),
        started=started,
        opens_at=read_time(opens_at),
        now=cast("datetime", read_time(present)),
    )
