"""The processes that work for this adapter."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from typing_extensions import override

from django_activejob import clock
from django_activejob.adapters.redis.fates import Death
from django_activejob.adapters.redis.server import examine
from django_activejob.adapters.redis.store import Store, Word
from django_activejob.adapters.redis.tallying import add_tallies
from django_activejob.adapters.redis.transitions.bury import bury
from django_activejob.adapters.redis.transitions.prune import prune
from django_activejob.adapters.redis.transitions.settle import release
from django_activejob.adapters.redis.wire import processes
from django_activejob.contracts import Buried, Command, ProcessRecord, ProcessRegistry, Tally
from django_activejob.errors import ProcessPruned

FORGOTTEN_AFTER: Final = 10.0  # seconds for which a process has not known of a claim

_REGISTER: Final = ("memory", "time", "register")
_BEAT: Final = ("memory", "frames", "time", "beat")
_FORGET: Final = ("owners", "forget")
_DEREGISTER: Final = ("frames", "queues", "owners", "deregister")


class RedisRegistry(ProcessRegistry):
    """The processes that work for this adapter; the clock of Redis times them.

    Workers are shown to Sidekiq too, in its own form. State: ``_unknown_since``, for each
    process of this Python process the claims that its beats did not mention, with the time of
    the first such beat; a process's own entry is touched by its heartbeat thread only.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._unknown_since: dict[str, dict[str, float]] = {}

    @override
    def register(self, record: ProcessRecord) -> None:
        """Makes a process known; to do it again, after an outage, does no harm.

        Raises:
            AdapterUnavailable: the server cannot be reached, or cannot be used as it is.
        """
        examine(self._store)
        facts: dict[str, Word] = {
            "kind": record.kind,
            "hostname": record.hostname,
            "pid": record.pid,
            "metadata": _as_json(record.metadata),
            "identity": processes.identity_of(record),
            "is_shown": "yes" if record.kind == "worker" else "",
            **_of_metadata(record.metadata),
            "info": _info_of(record),
        }
        self._store.run(*_REGISTER, with_=(record.id, *_flat(facts)))

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
        facts: dict[str, Word] = {"rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
        if metadata is not None:
            facts |= {"metadata": _as_json(metadata), **_of_metadata(metadata)}
        answer = self._store.run(*_BEAT, with_=(process_id, *_flat(facts)))
        if answer is None:
            raise ProcessPruned(f"Process {process_id} is not registered (any more).")
        add_tallies(self._store, tallies)
        held, wanted, cancelled = answer
        self._release_forgotten(process_id, {token.decode() for token in held} - set(running))
        return [*_commands(wanted), *(_cancel(token) for token in cancelled)]

    @override
    def deregister(self, process_id: str) -> None:
        """Releases what a process holds and forgets it, in one step.

        Two more steps end what is cancelled; if they do not come, upkeep finds it.
        """
        self._unknown_since.pop(process_id, None)
        cancelled = [token.decode() for token in self._store.run(*_DEREGISTER, with_=(process_id,))]
        if cancelled:
            release(self._store, process_id, cancelled, why="its process gave it back as it left")
            self._store.run(*_FORGET, with_=(process_id,))

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

    def _release_forgotten(self, process_id: str, unknown: set[str]) -> None:
        present = clock.monotonic()
        earlier = self._unknown_since.get(process_id, {})
        since = {token: earlier.get(token, present) for token in unknown}
        self._unknown_since[process_id] = since
        overdue = [token for token, first in since.items() if present - first >= FORGOTTEN_AFTER]
        release(self._store, process_id, overdue, why="its process has forgotten it")


def _info_of(record: ProcessRecord) -> str:
    metadata = record.metadata
    return processes.info_of(
        record,
        started_at=clock.now().timestamp(),
        queues=[str(name) for name in metadata.get("queues", ())],
        concurrency=int(metadata.get("threads", 0)),
        tag=str(metadata.get("name", "")),
    )


def _of_metadata(metadata: Mapping[str, Any]) -> Mapping[str, Word]:
    """What Sidekiq's Web UI shows of it."""
    return {
        "concurrency": int(metadata.get("threads", 0)),
        "quiet": "true" if metadata.get("quiet") else "false",
    }


def _as_json(metadata: Mapping[str, Any]) -> str:
    return json.dumps(dict(metadata), default=str)


def _flat(facts: Mapping[str, Word]) -> Iterator[Word]:
    for name, value in facts.items():
        yield name
        yield value


def _commands(wanted: Sequence[bytes]) -> list[Command]:
    """What was asked for, each once, in the order in which it was first asked for."""
    actions = [processes.COMMANDS.get(signal.decode(errors="replace")) for signal in wanted]
    return [Command(action=action) for action in dict.fromkeys(actions) if action is not None]


def _cancel(token: bytes) -> Command:
    return Command(action="cancel", token=token.decode())
