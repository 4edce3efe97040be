"""Our processes as Sidekiq's Web UI and API see them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from django_activejob.contracts import ProcessRecord

TTL: Final = 60
"""Seconds for which Sidekiq believes a beat."""

_NONCE_CHARACTERS: Final = 12
_VERSION: Final = "7.3.0"  # whose form of info this is

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

COMMANDS: Final[Mapping[str, Literal["quiet", "stop"]]] = {
    "TSTP": "quiet",
    "USR1": "quiet",
    "TERM": "stop",
    "INT": "stop",
}
"""What the texts in ``-signals`` mean; others, as TTIN, are for the process to ignore or log."""


def identity_of(record: ProcessRecord) -> str:
    """The name of a process among Sidekiq's: ``host:pid:nonce``."""
    nonce = "".join(character for character in record.id if character in "0123456789abcdef")
    return f"{record.hostname}:{record.pid}:{nonce[:_NONCE_CHARACTERS]}"


def info_of(
    record: ProcessRecord, *, started_at: float, queues: Sequence[str], concurrency: int, tag: str
) -> str:
    """The field ``info``: what does not change while a process lives."""
    weights = dict.fromkeys(queues, 0)
    info: dict[str, Any] = {
        "hostname": record.hostname,
        "started_at": float(started_at),
        "pid": record.pid,
        "tag": tag,
        "concurrency": concurrency,
        "capsules": {"default": {"concurrency": concurrency, "mode": "strict", "weights": weights}},
        "queues": list(queues),
        "weights": [weights],
        "labels": ["django_activejob"],
        "identity": identity_of(record),
        "version": _VERSION,
        "embedded": False,
    }
    return _encode(info)


def beat_of(
    *, info: str, concurrency: int, busy: int, at: float, is_quiet: bool, rss: int, rtt_us: int
) -> dict[str, str]:
    """The fields of a process's hash, to be written with each beat.

    Args:
        at: epoch seconds.
        rss: resident memory, in kilobytes.
        rtt_us: how long Redis took to answer, in microseconds.
    """
    return {
        "info": info,
        "concurrency": str(concurrency),
        "busy": str(busy),
        "beat": repr(float(at)),
        "rtt_us": str(rtt_us),
        "quiet": "true" if is_quiet else "false",
        "rss": str(rss),
    }


def work_of(text: bytes, *, queue: str, run_at: float) -> str:
    """The field of one job in the hash of those that a process performs.

    Args:
        text: the string of the job, as it lay in its queue.
        run_at: when it was begun, in epoch seconds.
    """
    payload = text.decode(errors="replace")
    return _encode({"queue": queue, "payload": payload, "run_at": int(run_at)})
