"""The facts of an envelope for which Sidekiq has no field: top-level fields that begin with aj_.

Only what differs from the default is written:
``"aj_on_crash":"fail","aj_limit":{"key":"shop.SyncJob/7","to":1,"duration":180.0,…}``.
Sidekiq keeps what it does not know, through retries too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from django_activejob.adapters.redis.wire.text import Fields
from django_activejob.contracts import Envelope, Limit, Throttle, Unique

OURS: Final = "aj_"

_PRIORITY: Final = "aj_priority"
_SCHEDULED_AT: Final = "aj_scheduled_at"
_SHARED: Final[dict[str, tuple[str, type[Any]]]] = {
    "aj_limit": ("limit", Limit),
    "aj_throttle": ("throttle", Throttle),
    "aj_unique": ("unique", Unique),
}
_PLAIN: Final = {
    "aj_batch_id": "batch_id",
    "aj_recurring_key": "recurring_key",
    "aj_on_crash": "on_crash",
    "aj_keep_result": "keep_result",
}
_SHOWN: Final = 40  # characters of what is not ours, in a message
_DEFAULTS: Final = {"batch_id": None, "recurring_key": None, "on_crash": "retry"}


def written(envelope: Envelope) -> Fields:
    """The routing facts of an envelope as fields."""
    facts: Fields = {}
    payload = envelope.payload
    if envelope.priority != (payload["priority"] or 0):
        facts[_PRIORITY] = envelope.priority
    if envelope.scheduled_at != _moment(payload["scheduled_at"]):
        facts[_SCHEDULED_AT] = envelope.scheduled_at and envelope.scheduled_at.isoformat()
    for name, (attribute, _) in _SHARED.items():
        shared = getattr(envelope, attribute)
        if shared is not None:
            facts[name] = asdict(shared)
    for name, attribute in _PLAIN.items():
        value = getattr(envelope, attribute)
        if value != _DEFAULTS.get(attribute, False):
            facts[name] = value
    return facts


def read(fields: Fields, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments of an Envelope that ``written`` has made fields of.

    Raises:
        ValueError, TypeError: the fields are not ours.
    """
    facts = said_by(payload)
    for name, (attribute, read_one) in _READERS.items():
        if name in fields:
            facts[attribute] = read_one(fields[name])
    return facts


def said_by(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The same of a job that has none of our fields.

    Raises:
        ValueError: the time for which it was scheduled is none.
    """
    return {
        "priority": payload["priority"] or 0,
        "scheduled_at": _moment(payload["scheduled_at"]),
    }


def _text(value: Any) -> str:
    return str(_demanded(isinstance(value, str), value))


def _integer(value: Any) -> int:
    return int(_demanded(type(value) is int, value))


def _flag(value: Any) -> bool:
    return bool(_demanded(type(value) is bool, value))


def _on_crash(value: Any) -> str:
    return str(_demanded(value in ("retry", "fail"), value))


def _shared(kind: type[Any]) -> Callable[[Any], Any]:
    def read_one(value: Any) -> Any:
        shared = kind(**value)
        for name in shared.__slots__:
            part = getattr(shared, name)
            is_number = isinstance(part, int | float) and not isinstance(part, bool)
            _demanded(is_number if name in _NUMBERS else isinstance(part, str), part)
        return shared

    return read_one


_NUMBERS: Final = frozenset({"to", "duration", "per", "seconds"})


def _demanded(is_right: bool, value: Any) -> Any:
    if not is_right:
        raise ValueError(f"{str(value)[:_SHOWN]!r} is out of place")
    return value


def _moment(text: Any) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_READERS: Final[dict[str, tuple[str, Callable[[Any], Any]]]] = {
    _PRIORITY: ("priority", _integer),
    _SCHEDULED_AT: ("scheduled_at", _moment),
    **{name: (attribute, _shared(kind)) for name, (attribute, kind) in _SHARED.items()},
    "aj_batch_id": ("batch_id", _text),
    "aj_recurring_key": ("recurring_key", _text),
    "aj_on_crash": ("on_crash", _on_crash),
    "aj_keep_result": ("keep_result", _flag),
}
