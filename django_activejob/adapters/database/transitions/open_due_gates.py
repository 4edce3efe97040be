"""blocked → ready: windows have ended while jobs waited for the next."""

from __future__ import annotations

from django_activejob.adapters.database.admission import admit_at
from django_activejob.adapters.database.gates import gate_of
from django_activejob.adapters.database.store import Store

OPENED_AT_ONCE = 500

_DUE = """
    SELECT throttle_key FROM django_activejob_throttle
    WHERE opens_at <= {now} ORDER BY opens_at LIMIT %s
"""


def open_due_gates(store: Store) -> int:
    """Opens the gates whose time has come; says how many jobs became ready."""
    due = store.run(lambda: store.rows(_DUE, (OPENED_AT_ONCE,)))
    return sum(admit_at(store, gate_of(key)) for (key,) in due)
