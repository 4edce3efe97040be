"""What operators want of processes: left in their rows, taken with their beats."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial

from django_activejob.adapters.database.store import Store
from django_activejob.contracts import Command

_LOCKED = "SELECT command FROM django_activejob_process WHERE id = %s {lock}"
_WRITE = "UPDATE django_activejob_process SET command = %s WHERE id = %s"
_WAITING = "SELECT command FROM django_activejob_process WHERE id = %s AND command <> ''"
_CLEAR = "UPDATE django_activejob_process SET command = '' WHERE id = %s AND command = %s"


def give(store: Store, process_id: str, command: Command) -> bool:
    """Leaves a command for a process, behind those that wait; False when there is no such process.

    Locks the row of the process. A command that waits already is not left twice.
    """
    return store.atomically(partial(_give, store, process_id, command))


def take(store: Store, process_id: str) -> list[Command]:
    """The commands that were left for a process, which now has them."""
    rows = store.run(lambda: store.rows(_WAITING, (process_id,)))
    if not rows:
        return []
    [(text,)] = rows
    # Compared, so that a command written in between is not lost but taken by the next beat.
    taken = store.run(lambda: store.change(_CLEAR, (process_id, text)))
    return [Command(**command) for command in json.loads(text)] if taken else []


def _give(store: Store, process_id: str, command: Command) -> bool:
    rows = store.rows(_LOCKED, (process_id,))
    if not rows:
        return False
    [(text,)] = rows
    waiting = json.loads(text) if text else []
    if asdict(command) not in waiting:
        store.change(_WRITE, (json.dumps([*waiting, asdict(command)]), process_id))
    return True
