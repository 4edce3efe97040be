"""The scripts that run inside Redis: pieces of Lua, put together with the names of the keys."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django_activejob.adapters.redis.keys import Keys

_FOLDER: Final = Path(__file__).parent / "lua"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A script, and the name by which Redis knows it once it has run."""

    source: str
    sha: str


@cache
def script(keys: Keys, *pieces: str) -> Script:
    """The script of these files, in which the keys of a deployment are constants."""
    parts = [_constants(keys), *(_read(piece) for piece in pieces)]
    source = "\n".join(parts)
    return Script(source=source, sha=hashlib.sha1(source.encode()).hexdigest())  # noqa: S324 - Redis names scripts so


def _constants(keys: Keys) -> str:
    names = {
        "PREFIX": keys.prefix,
        "QUEUES": keys.queues,
        "QUEUE": keys.queue(""),
        "SCHEDULE": keys.schedule,
        "RETRY": keys.retry,
        "DEAD": keys.dead,
        "PAUSED": keys.paused,
        "PROCESSED": keys.processed,
        "FAILED": keys.failed,
        "PROCESSES": keys.processes,
        "OWNERS": keys.owners,
        "OWNER": keys.owner(""),
        "BEATS": keys.beats,
        "CLAIMS": keys.claims(""),
        "CLAIMED": keys.claimed,
        "CANCELLED": keys.cancelled,
        "WAKE": keys.wake,
        "LIMITS": keys.limits,
        "HOLDERS": keys.holders(""),
        "BLOCKED": keys.blocked(""),
        "SEMAPHORE": keys.semaphore(""),
        "UNIQUE": keys.unique(""),
        "RECURRING": keys.recurring,
        "TASK": keys.recurring_task(""),
        "TICKS": keys.ticks(""),
    }
    return "".join(f"local {name} = {_quoted(key)}\n" for name, key in names.items())


def _quoted(text: str) -> str:
    """A text as a literal of Lua, whatever characters it has."""
    return '"' + "".join(f"\\{byte:03d}" for byte in text.encode()) + '"'


@cache
def _read(piece: str) -> str:
    return (_FOLDER / f"{piece}.lua").read_text(encoding="utf-8")
