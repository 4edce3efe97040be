"""The facts of an envelope that have no column of their own, as JSON.

Only what differs from the default is written: ``{"on_crash": "fail", "keep_result": true,
"limit": {"key": "shop.SyncJob/7", "to": 1, "duration": 180.0, "on_conflict": "block"}}``;
nothing at all is the empty text.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django_activejob.contracts import Envelope, Limit, Throttle, Unique

# What a newer version may have written beside these is left alone.
_PLAIN = ("batch_id", "recurring_key", "on_crash", "keep_result", "extra")
_VALUES = {"limit": Limit, "throttle": Throttle, "unique": Unique}

_encode = json.JSONEncoder(separators=(",", ":")).encode


def written(envelope: Envelope) -> str:
    """The routing facts of an envelope as text."""
    facts: dict[str, Any] = {
        "limit": asdict(envelope.limit) if envelope.limit else None,
        "throttle": asdict(envelope.throttle) if envelope.throttle else None,
        "unique": asdict(envelope.unique) if envelope.unique else None,
        "batch_id": envelope.batch_id,
        "recurring_key": envelope.recurring_key,
        "on_crash": envelope.on_crash if envelope.on_crash != "retry" else None,
        "keep_result": envelope.keep_result or None,
        "extra": dict(envelope.extra) or None,
    }
    said = {name: fact for name, fact in facts.items() if fact is not None}
    return _encode(said) if said else ""


def read(text: str) -> dict[str, Any]:
    """The keyword arguments of an Envelope that ``written`` has made a text of.

    Raises:
        ValueError, TypeError, KeyError: the text is not ours.
    """
    if not text:
        return {}
    stored: dict[str, Any] = dict(json.loads(text))
    facts = {name: stored[name] for name in _PLAIN if name in stored}
    values = {name: kind(**stored[name]) for name, kind in _VALUES.items() if name in stored}
    return {**facts, **values}
