"""Values of each type that can travel."""

from __future__ import annotations

import string
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from django_activejob.serialization import (
    DateTime,
    Duration,
    HashWithIndifferentAccess,
    Keywords,
    Range,
    Symbol,
)
from django_activejob.serialization.markers import RESERVED
from django_activejob.serialization.values.duration import SECONDS

ZONES: Final = ["UTC", "Europe/Paris", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]

keys = st.text(max_size=8).filter(lambda text: text not in RESERVED)
symbols = keys.map(Symbol)
names = st.text(string.ascii_letters, min_size=1, max_size=8)

numbers = st.integers() | st.integers(-(10**80), 10**80) | st.floats(allow_nan=False, width=64)
numbers = numbers.filter(lambda number: abs(number) != float("inf"))

decimals = st.builds(
    lambda sign, digits, exponent: Decimal((sign, tuple(digits), exponent)),
    st.integers(0, 1),
    st.lists(st.integers(0, 9), min_size=1, max_size=40),
    st.integers(-300, 300),
)

offsets = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
zones = st.sampled_from(ZONES).map(ZoneInfo)
# Before 1900 clocks went by the sun, and a time that no clock showed cannot be kept.
zoned_times = st.datetimes(min_value=datetime(1900, 1, 2), timezones=zones)
times = st.datetimes(timezones=st.just(UTC) | offsets)
naive_times = st.datetimes()
ruby_datetimes = times.map(DateTime.of)

amounts = st.integers(-9999, 9999) | st.floats(-99, 99, allow_nan=False)
parts = st.dictionaries(st.sampled_from(list(SECONDS)), amounts, min_size=1)
# Of days and seconds alone a timedelta is made, for that is how one is written.
durations = parts.filter(lambda parts: not parts.keys() <= {"days", "seconds"}).map(Duration)

without_parts = st.one_of(
    st.none(),
    st.booleans(),
    numbers,
    st.text(max_size=20),
    symbols,
    decimals,
    st.dates(),
    zoned_times,
    times,
    naive_times,
    ruby_datetimes,
    st.times(timezones=st.none() | zones),
    st.timedeltas(),
    durations,
    st.uuids(),
    st.binary(max_size=20),
    names.map(Path),
    st.builds(range, st.integers(), st.integers(), st.integers(1, 9)),
)

hashable = st.recursive(
    without_parts, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=4
)

frozensets = st.frozensets(hashable, max_size=4)


def holders(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """What holds other values."""
    return holders_in_order(inner) | st.sets(hashable, max_size=4) | frozensets


def holders_in_order(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """What holds other values in an order of its own."""
    return st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(keys | symbols, inner, max_size=4),
        st.dictionaries(keys, inner, max_size=4).map(HashWithIndifferentAccess),
        st.dictionaries(names, inner, max_size=4).map(Keywords),
        st.builds(Range, inner, inner, st.booleans()),
    )


values = st.recursive(without_parts, holders, max_leaves=12)
values_in_order = st.recursive(without_parts, holders_in_order, max_leaves=12)


def shape(value: Any) -> Any:
    """A value with the types of all its parts, so that 1, 1.0 and True differ."""
    describe = _SHAPES.get(type(value))
    return (type(value), describe(value) if describe else value)


def _shape_of_items(value: Any) -> Any:
    return [(shape(key), shape(item)) for key, item in value.items()]


def _shape_of_parts(value: Any) -> Any:
    return [shape(part) for part in value]


def _shape_of_set(value: Any) -> Any:
    return sorted(map(repr, map(shape, value)))


_SHAPES: Final[dict[type, Callable[[Any], Any]]] = {
    dict: _shape_of_items,
    HashWithIndifferentAccess: _shape_of_items,
    Keywords: _shape_of_items,
    list: _shape_of_parts,
    tuple: _shape_of_parts,
    set: _shape_of_set,
    frozenset: _shape_of_set,
    Range: lambda value: (shape(value.begin), shape(value.end), value.exclude_end),
    Duration: lambda value: (dict(value.parts), value.value),
    Decimal: lambda value: (value.as_integer_ratio(), value.is_signed()),
    datetime: lambda value: (value.replace(fold=0), value.utcoffset()),
    DateTime: lambda value: (value.replace(fold=0), value.utcoffset()),
    float: repr,
}
