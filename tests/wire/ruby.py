"""How the recordings write down what Ruby saw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django_activejob.globalid import to_global_id
from django_activejob.serialization import (
    DateTime,
    Duration,
    HashWithIndifferentAccess,
    Keywords,
    Range,
    Symbol,
)
from django_activejob.serialization.moment import read, write
from django_activejob.serialization.values.duration import parts_of, seconds_of
from tests.shop.models import Voucher
from tests.wire.normalization import CURRENT_ZONE
from tests.wire.rubys_classes import CLASSES, Money


def as_ruby_saw(value: Any) -> Any:
    """A value in the words of the recordings."""
    return _WORDS.get(type(value), lambda value: value)(value)


def as_python_sees(recorded: Any) -> Any:
    """What Ruby saw, without what Python has not: nanoseconds, and modules beside classes."""
    if isinstance(recorded, list):
        return [as_python_sees(item) for item in recorded]
    if not isinstance(recorded, dict):
        return recorded
    if recorded.get("ruby") in {"Time", "DateTime"}:
        return {**recorded, "value": _write(recorded["ruby"], read(recorded["value"]))}
    if recorded.get("ruby") == "Float":
        return {**recorded, "value": float(recorded["value"])}
    if recorded.get("ruby") == "BigDecimal":
        return {**recorded, "value": Decimal(recorded["value"])}
    if recorded.get("ruby") in {"Class", "Module"}:
        return {**recorded, "ruby": "Class"}
    return {key: as_python_sees(value) for key, value in recorded.items()}


def in_the_current_zone(recorded: Any) -> Any:
    """A Time that Ruby saw where Rails 6.1 had not written the zone, as we see it."""
    value = write(read(recorded["value"]).astimezone(ZoneInfo(CURRENT_ZONE)))
    return {"ruby": "ActiveSupport::TimeWithZone", "value": value, "zone": CURRENT_ZONE}


def _write(kind: str, value: datetime) -> str:
    return write(value).replace("Z", "+00:00") if kind == "DateTime" else write(value)


def _moment(value: datetime) -> Any:
    if isinstance(value.tzinfo, ZoneInfo):
        zone = value.tzinfo.key
        return {"ruby": "ActiveSupport::TimeWithZone", "value": write(value), "zone": zone}
    return {"ruby": "Time", "value": write(value)}


def _class(value: type) -> Any:
    names = {known: name for name, known in CLASSES.items()} | {Voucher: "Person"}
    return {"ruby": "Class", "value": names[value]}


def _range(value: Range) -> Any:
    begin, end = as_ruby_saw(value.begin), as_ruby_saw(value.end)
    return {"ruby": "Range", "begin": begin, "end": end, "exclude_end": value.exclude_end}


def _duration(value: timedelta) -> Any:
    parts = dict(parts_of(value))
    return {"ruby": "ActiveSupport::Duration", "value": str(seconds_of(value)), "parts": parts}


def _hash(value: dict[str, Any], kind: str = "Hash") -> Any:
    pairs = [[as_ruby_saw(key), as_ruby_saw(item)] for key, item in value.items()]
    return {"ruby": kind, "pairs": pairs}


_WORDS: Final[dict[type, Callable[[Any], Any]]] = {
    float: lambda value: {"ruby": "Float", "value": value},
    list: lambda value: [as_ruby_saw(item) for item in value],
    dict: _hash,
    Keywords: _hash,
    HashWithIndifferentAccess: lambda value: _hash(value, "HashWithIndifferentAccess"),
    Symbol: lambda value: {"ruby": "Symbol", "value": str(value)},
    Decimal: lambda value: {"ruby": "BigDecimal", "value": value},
    Range: _range,
    Duration: _duration,
    timedelta: _duration,
    date: lambda value: {"ruby": "Date", "value": value.isoformat()},
    datetime: _moment,
    DateTime: lambda value: {"ruby": "DateTime", "value": _write("DateTime", value)},
    type: _class,
    type(Voucher): _class,
    Voucher: lambda value: {"ruby": "Person", "gid": str(to_global_id(value))},
    Money: lambda value: {"ruby": "CustomMoney", "cents": value.cents, "currency": value.currency},
}
