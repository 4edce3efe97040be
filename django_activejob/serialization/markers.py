"""The keys that make JSON more than JSON, and how people read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

GLOBALID: Final = "_aj_globalid"
SERIALIZED: Final = "_aj_serialized"
SYMBOL_KEYS: Final = "_aj_symbol_keys"
RUBY2_KEYWORDS: Final = "_aj_ruby2_keywords"
INDIFFERENT_ACCESS: Final = "_aj_hash_with_indifferent_access"

RESERVED: Final = frozenset({GLOBALID, SERIALIZED, SYMBOL_KEYS, RUBY2_KEYWORDS, INDIFFERENT_ACCESS})

MAX_DEPTH: Final = 20
"""How deep ``describe`` looks; what lies deeper shows as an ellipsis."""


def describe(raw: object, *, limit: int = 1000) -> str:
    """Raw arguments for people: ``42, 'a', gid://shop/shop.Order/7, at=2024-02-29``.

    Loads nothing and never fails, whatever the store held. Text beyond ``limit`` characters is cut.
    """
    if not isinstance(raw, list | tuple):
        return clip(_describe(raw, MAX_DEPTH), limit)
    return clip(", ".join(_each_argument(raw, limit)), limit)


def describe_value(raw: object, *, limit: int = 1000) -> str:
    """One raw value for people, as ``describe`` shows it."""
    return clip(_describe(raw, MAX_DEPTH), limit)


def clip(text: str, limit: int) -> str:
    """The text, or its beginning with an ellipsis, of ``limit`` characters at most."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _each_argument(raw: Iterable[object], limit: int) -> Iterator[str]:
    length = 0
    for item in raw:
        if length > limit:
            return
        if isinstance(item, Mapping) and RUBY2_KEYWORDS in item:
            text = ", ".join(f"{key}={_describe(item[key], MAX_DEPTH)}" for key in _keys(item))
        else:
            text = _describe(item, MAX_DEPTH)
        length += len(text)
        yield text


def _describe(raw: object, depth: int) -> str:
    if depth <= 0:
        return "…"
    if isinstance(raw, list | tuple):
        return f"[{_describe_all(raw, depth)}]"
    if not isinstance(raw, Mapping):
        return repr(raw)
    if len(raw) == 1 and GLOBALID in raw:
        return str(raw[GLOBALID])
    if SERIALIZED in raw:
        return _describe_serialized(raw, depth - 1)
    items = (f"{key!r}: {_describe(raw[key], depth - 1)}" for key in _keys(raw))
    return f"{{{', '.join(items)}}}"


def _describe_all(raw: Iterable[object], depth: int) -> str:
    return ", ".join(_describe(item, depth - 1) for item in raw)


def _keys(raw: Mapping[Any, object]) -> list[Any]:
    return [key for key in raw if key not in RESERVED]


def _describe_serialized(raw: Mapping[Any, Any], depth: int) -> str:
    name = str(raw[SERIALIZED]).rpartition("::")[2].rpartition(".")[2]
    keys = _keys(raw)
    try:
        return _READABLE[name](raw, depth)
    except (KeyError, TypeError, ValueError):  # a type we do not know, or not what it says it is
        if keys == ["value"] and not isinstance(raw["value"], list | Mapping):
            return str(raw["value"])
    fields = ", ".join(f"{key}={_describe(raw[key], depth)}" for key in keys)
    return f"{name.removesuffix('Serializer')}({fields})"


def _describe_tuple(raw: Mapping[Any, Any], depth: int) -> str:
    comma = "," if len(raw["value"]) == 1 else ""
    return f"({_describe_all(raw['value'], depth)}{comma})"


def _describe_set(raw: Mapping[Any, Any], depth: int) -> str:
    return f"{{{_describe_all(raw['value'], depth)}}}"


def _describe_range(raw: Mapping[Any, Any], depth: int) -> str:
    begin, end = (
        "" if raw[key] is None else _describe(raw[key], depth) for key in ("begin", "end")
    )
    return f"{begin}{'...' if raw['exclude_end'] else '..'}{end}"


def _describe_duration(raw: Mapping[Any, Any], depth: int) -> str:
    parts = ((_describe(amount, depth), _describe(name, depth)) for name, amount in raw["parts"])
    return " ".join(f"{amount} {name}" for amount, name in parts)


def _describe_moment(raw: Mapping[Any, Any], depth: int) -> str:
    zone = f" {raw['time_zone']}" if raw.get("time_zone") else ""
    return f"{raw['value']}{zone}"


def _describe_member(raw: Mapping[Any, Any], depth: int) -> str:
    return f"{raw['class']}.{raw['value']}"


_READABLE: Final[Mapping[str, Callable[[Mapping[Any, Any], int], str]]] = {
    "TupleSerializer": _describe_tuple,
    "SetSerializer": _describe_set,
    "FrozensetSerializer": _describe_set,
    "RangeSerializer": _describe_range,
    "DurationSerializer": _describe_duration,
    "TimeWithZoneSerializer": _describe_moment,
    "TimeOfDaySerializer": _describe_moment,
    "EnumSerializer": _describe_member,
}
