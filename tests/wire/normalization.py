"""Payloads of Ruby as we write them again: the three differences that are meant.

A second has nine digits of which the last three are zero, a zoned time says its zone, and a decimal
is written in fixed point.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any, Final

from django_activejob.serialization.moment import read, write

CURRENT_ZONE: Final = "UTC"  # of the tests' settings

_NAME: Final = "_aj_serialized"

_IN_FIXED_POINT: Final = {
    "0.11e1": "1.1",
    "-0.123456789000000001e9": "-123456789.000000001",
    "0.1e-9": "0.0000000001",
}


def normalized(raw: Any) -> Any:
    """A JSON form of Ruby's, as we write it."""
    if isinstance(raw, list):
        return [normalized(item) for item in raw]
    if not isinstance(raw, dict):
        return raw
    kind = str(raw.get(_NAME, "")).rpartition("::")[2]
    return _NORMALIZED.get(kind, _in_all_parts)(raw)


def lacks_its_zone(raw: Any) -> bool:
    """Whether this is a zoned time of Rails 6.1, which does not write the zone."""
    return (
        isinstance(raw, dict) and "WithZone" in raw.get(_NAME, "") and raw.get("time_zone") is None
    )


def _in_all_parts(raw: dict[str, Any]) -> Any:
    return {key: normalized(item) for key, item in raw.items()}


def _time(raw: dict[str, Any]) -> Any:
    return {**raw, "value": re.sub(r"(\.\d{6})\d{3}", r"\g<1>000", raw["value"])}


def _time_with_zone(raw: dict[str, Any]) -> Any:
    if not lacks_its_zone(raw):
        return _time(raw)
    value = write(read(raw["value"]).astimezone(UTC))
    return {**raw, "value": value, "time_zone": CURRENT_ZONE}


def _decimal(raw: dict[str, Any]) -> Any:
    return {**raw, "value": _IN_FIXED_POINT.get(raw["value"], raw["value"])}


_NORMALIZED: Final = {
    "TimeSerializer": _time,
    "DateTimeSerializer": _time,
    "TimeWithZoneSerializer": _time_with_zone,
    "BigDecimalSerializer": _decimal,
}
