"""The processes that work for this adapter: the rows of Process."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override

from django_activejob import clock
from django_activejob.adapters.database import commands
from django_activejob.adapters.database.fates import Death
from django_activejob.adapters.database.fence import Hold, hold_of
from django_activejob.adapters.database.listening import notify
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.text import storable
from django_activejob.adapters.database.transitions.add_tallies import add_tallies
from django_activejob.adapters.database.transitions.bury import bury
from django_activejob.adapters.database.transitions.cancel import cancel_all_of
from django_activejob.adapters.database.transitions.prune import prune
from django_activejob.adapters.database.transitions.release import RELEASED, release
from django_activejob.contracts import Buried, Command, ProcessRecord, ProcessRegistry, Tally
from django_activejob.errors import ProcessPruned

FORGOTTEN_AFTER = 10.0  # seconds for which a process has not known of a claim that it holds
HOSTNAME_CHARACTERS = 255

_REGISTER = """
    INSERT INTO django_activejob_process
        (id, kind, hostname, pid, metadata, command, started_at, beat_at)
    VALUES (%s, %s, %s, %s, %s, '', {now}, {now})
"""
_BEAT = "UPDATE django_activejob_process SET beat_at = {now} WHERE id = %s"
_BEAT_AND_SAY = """
    UPDATE django_activejob_process SET beat_at = {now}, metadata = %s WHERE id = %s
"""
_HELD = """
    SELECT id, claim_number, cancel_asked_at FROM django_activejob_job
    WHERE state = 'running' AND process_id = %s
"""
_RELEASE_ALL = """
    UPDATE django_activejob_job SET {released} WHERE state = 'running' AND process_id = %s
"""
_LOCK = "SELECT id FROM django_activejob_process WHERE id = %s {lock}"
_FORGET = "DELETE FROM django_activejob_process WHERE id = %s"


class DatabaseRegistry(ProcessRegistry):
    """The processes that work for this adapter; the store's clock times them.

    State: ``_unknown_since``, for each process of this Python process the claims that its
    beats did not mention, with the time of the first such beat. A process's own entry is
    touched by its heartbeat thread only.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._unknown_since: dict[str, dict[Hold, float]] = {}

    @override
    def register(self, record: ProcessRecord) -> None:
        """Makes a process known; to do it again, after an outage, does no harm."""
        if self._beat(record.id):
            return
        facts = (
            record.id,
            record.kind,
            storable(record.hostname)[:HOSTNAME_CHARACTERS],
            record.pid,
            _written(record.metadata),
        )
        self._store.run(lambda: self._store.change(_REGISTER, facts))

    @override
    def beat(
        self,
        process_id: str,
        *,
        running: Sequence[str],
        metadata: Mapping[str, Any] | None = None,
        tallies: Sequence[Tally] = (),
    ) -> Sequence[Command]:
        """Says that a process lives; releases what it has not known of for 10 seconds."""
        if not self._beat(process_id, metadata):
            raise ProcessPruned(f"Process {process_id} is not registered (any more).")
        held = self._held_by(process_id)
        self._release_forgotten(process_id, held, running)
        # Before the commands, which are lost with whatever fails after they were taken.
        add_tallies(self._store, tallies)
        cancelled = [hold for hold, is_cancelled in held.items() if is_cancelled]
        return [
            *commands.take(self._store, process_id),
            *(Command(action="cancel", token=hold.token) for hold in cancelled),
        ]

    @override
    def deregister(self, process_id: str) -> None:
        """Releases what a process holds and forgets it, in one transaction."""
        self._unknown_since.pop(process_id, None)
        self._store.atomically(lambda: self._forget(process_id))

    @override
    def bury(
        self,
        process_id: str,
        *,
        reason: str,
        started: Sequence[str] | None,
        overdue: Sequence[str] = (),
    ) -> Sequence[Buried]:
        """Settles what a dead process held, and forgets it."""
        known = None if started is None else frozenset(started)
        death = Death(reason=reason, started=known, overdue=frozenset(overdue))
        return bury(self._store, process_id, death)

    @override
    def prune(self, *, silent_for: float) -> Sequence[Buried]:
        """Buries the silent, and settles claims whose owner has no record."""
        return prune(self._store, silent_for=silent_for)

    def _beat(self, process_id: str, metadata: Mapping[str, Any] | None = None) -> bool:
        if metadata is None:
            return bool(self._store.run(lambda: self._store.change(_BEAT, (process_id,))))
        facts = (_written(metadata), process_id)
        return bool(self._store.run(lambda: self._store.change(_BEAT_AND_SAY, facts)))

    def _release_forgotten(
        self, process_id: str, held: Mapping[Hold, bool], running: Sequence[str]
    ) -> None:
        present = clock.monotonic()
        earlier = self._unknown_since.get(process_id, {})
        known = {hold_of(token) for token in running}
        unknown = {hold: earlier.get(hold, present) for hold in held if hold not in known}
        self._unknown_since[process_id] = unknown
        overdue = [hold for hold, since in unknown.items() if present - since >= FORGOTTEN_AFTER]
        if overdue:
            release(self._store, process_id, overdue)
        if cancelled := [hold.token for hold in overdue if held[hold]]:
            self._store.atomically(lambda: self._cancel_forgotten(process_id, cancelled))

    def _cancel_forgotten(self, process_id: str, tokens: Sequence[str]) -> None:
        instead_of = "its process has forgotten it"
        cancel_all_of(self._store, process_id, instead_of=instead_of, tokens=tokens)

    def _held_by(self, process_id: str) -> dict[Hold, bool]:
        """What a process holds, and whether an operator has cancelled it."""
        rows = self._store.run(lambda: self._store.rows(_HELD, (process_id,)))
        return {
            Hold(id=id, claim_number=claim_number): asked_at is not None
            for id, claim_number, asked_at in rows
        }

    def _forget(self, process_id: str) -> None:
        # Our own row first, then jobs, as everywhere.
        self._store.rows(_LOCK, (process_id,))
        cancel_all_of(self._store, process_id, instead_of="its process gave it back as it left")
        if self._store.change(_RELEASE_ALL, (process_id,), released=RELEASED):
            notify(self._store)
        self._store.change(_FORGET, (process_id,))


def _written(metadata: Mapping[str, Any]) -> str:
    return json.dumps(dict(metadata), default=str)
