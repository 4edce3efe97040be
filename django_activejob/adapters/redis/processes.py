"""Processes as people see them: ours, and Ruby's at the same queues."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, cast

from django_activejob.adapters.redis.pausing import is_text
from django_activejob.adapters.redis.store import Store
from django_activejob.adapters.redis.wire import moments
from django_activejob.contracts import Command, ProcessKind, ProcessRecord

_SIGNALS: Final = {"quiet": "TSTP", "stop": "TERM"}
_SIGNAL_TTL: Final = 60  # seconds, as Sidekiq

Facts = Mapping[str, str]


def process_records(store: Store) -> list[ProcessRecord]:
    """The processes that are registered, Ruby's too, oldest first."""
    ours = [*_ours(store)]
    identities = {identity for _, identity in ours}
    found = [record for record, _ in ours] + [*_rubys(store, identities)]
    return sorted(found, key=lambda each: (each.started_at or _LONG_AGO, each.id))


def command(store: Store, process_id: str, command: Command) -> bool:
    """Leaves a command for a process, as Sidekiq's Web UI does; False for one not registered."""
    signal = _SIGNALS.get(command.action)
    identity = _identity_of(store, process_id) if is_text(process_id) else None
    if signal is None or identity is None:
        return False
    key = store.keys.signals(identity)
    store.ask_all([("LPUSH", key, signal), ("EXPIRE", key, _SIGNAL_TTL)])
    return True


_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _identity_of(store: Store, process_id: str) -> str | None:
    beat, identity, is_rubys = store.ask_all(
        [
            ("ZSCORE", store.keys.beats, process_id),
            ("HGET", store.keys.owner(process_id), "identity"),
            ("SISMEMBER", store.keys.processes, process_id),
        ]
    )
    if beat is not None and identity:
        return str(identity.decode())
    return process_id if is_rubys else None


def _ours(store: Store) -> Iterator[tuple[ProcessRecord, str]]:
    beats = store.ask("ZRANGE", store.keys.beats, 0, -1, "WITHSCORES")
    ids = [id.decode() for id in beats[::2]]
    kept = store.ask_all([("HGETALL", store.keys.owner(id)) for id in ids]) if ids else []
    for id, beat, answer in zip(ids, beats[1::2], kept, strict=True):
        facts = _facts(answer)
        if facts:
            yield _our_record(id, float(beat), facts), facts.get("identity", "")


def _our_record(id: str, beat: float, facts: Facts) -> ProcessRecord:
    return ProcessRecord(
        id=id,
        kind=cast("ProcessKind", facts["kind"]),
        hostname=facts["hostname"],
        pid=int(facts["pid"]),
        metadata=json.loads(facts["metadata"]),
        started_at=moments.moment_in(float(facts["started_at"])),
        beat_at=moments.moment_in(beat),
    )


def _rubys(store: Store, ours: set[str]) -> Iterator[ProcessRecord]:
    members = [
        name.decode(errors="replace") for name in store.ask("SMEMBERS", store.keys.processes)
    ]
    others = [identity for identity in members if identity not in ours]
    kept = store.ask_all([("HGETALL", store.keys.process(id)) for id in others]) if others else []
    for identity, answer in zip(others, kept, strict=True):
        record = _ruby_record(identity, _facts(answer))
        if record is not None:
            yield record


def _ruby_record(identity: str, facts: Facts) -> ProcessRecord | None:
    try:
        info: dict[str, Any] = json.loads(facts["info"])
        return ProcessRecord(
            id=identity,
            kind="worker",
            hostname=str(info["hostname"]),
            pid=int(info["pid"]),
            metadata={
                "name": f"Sidekiq {info.get('version', '')} {info.get('tag', '')}".strip(),
                "queues": info.get("queues", []),
                "threads": int(facts.get("concurrency") or info.get("concurrency") or 0),
                "busy": int(facts.get("busy", 0)),
                "quiet": facts.get("quiet") == "true",
                "memory": int(facts.get("rss", 0)) * 1024,
            },
            started_at=moments.moment_in(float(info["started_at"])),
            beat_at=moments.moment_in(float(facts["beat"])),
        )
    except (KeyError, ValueError, TypeError):
        # Gone, or dying: Sidekiq leaves its name for up to a minute.
        return None


def _facts(answer: list[bytes]) -> dict[str, str]:
    texts = [each.decode(errors="replace") for each in answer]
    return dict(zip(texts[::2], texts[1::2], strict=True))
