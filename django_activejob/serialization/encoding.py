"""From values to JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise

from django_activejob.errors import InvalidGlobalID, SerializationError
from django_activejob.globalid import is_identifiable, to_global_id
from django_activejob.serialization import advice, markers
from django_activejob.serialization.place import FieldName, Obstacle
from django_activejob.serialization.registry import Serializer, registry
from django_activejob.serialization.values import HashWithIndifferentAccess, Keywords, Symbol

JSON: TypeAlias = Any
"""None, bool, int, float, str, or a list or dict of these."""

MAX_DEPTH: Final = 96
"""How deep arguments may nest: Ruby reads 100 levels, of which the frame around a job takes 4."""

_LARGEST_BITS: Final = 14_000  # Python neither writes nor reads more than 4300 digits


def encode(value: object, depth: int) -> JSON:
    """The JSON form of a value; ``depth`` levels are left.

    Raises:
        Obstacle: something in it has none.
    """
    return _ENCODERS.get(type(value), _encode_object)(value, depth)


def encode_list(values: Iterable[object], depth: int) -> list[JSON]:
    """The JSON forms of values, in order.

    Raises:
        Obstacle: one of them has none.
    """
    _check_depth(depth)
    encoded: list[JSON] = []
    try:
        for value in values:
            encoded.append(_ENCODERS.get(type(value), _encode_object)(value, depth - 1))
    except Obstacle as obstacle:
        obstacle.under(len(encoded))
        raise
    return encoded


def encode_keywords(keywords: Mapping[str, object], depth: int) -> dict[str, JSON]:
    """The JSON form of keyword arguments.

    Raises:
        Obstacle: one of them has none.
    """
    encoded = _encode_items(keywords, depth)
    encoded[markers.RUBY2_KEYWORDS] = list(encoded)
    return encoded


def _encode_dict(value: Mapping[object, object], depth: int) -> dict[str, JSON]:
    encoded = _encode_items(value, depth)
    encoded[markers.SYMBOL_KEYS] = [str(key) for key in value if type(key) is Symbol]
    return encoded


def _encode_indifferent(value: Mapping[str, object], depth: int) -> dict[str, JSON]:
    encoded = _encode_items(value, depth)
    encoded[markers.INDIFFERENT_ACCESS] = True
    return encoded


def _encode_items(value: Mapping[Any, object], depth: int) -> dict[str, JSON]:
    _check_depth(depth)
    encoded: dict[str, JSON] = {}
    key: Any = None
    try:
        for key, item in value.items():
            name = key
            if type(key) is not str or key in markers.RESERVED or not key.isascii():
                name = _checked_key(key)
            encoded[name] = _ENCODERS.get(type(item), _encode_object)(item, depth - 1)
    except Obstacle as obstacle:
        obstacle.under(key)
        raise
    return encoded


def _checked_key(key: object) -> str:
    if not isinstance(key, str):
        raise Obstacle(
            f"only text can be the key of a dict in a job, but this one is of type "
            f"{advice.name_of_type(key)}. Pass str(key)."
        )
    if key in markers.RESERVED:
        raise Obstacle(f"the key {str(key)!r} is reserved. Pass the dict with another key.")
    return _encode_text(str.__str__(key), 0)


def _check_depth(depth: int) -> None:
    if depth <= 0:
        raise Obstacle(
            f"nested deeper than {MAX_DEPTH} levels, or inside itself. Pass something flatter."
        )


# Values without parts


def _encode_itself(value: JSON, depth: int) -> JSON:
    return value


def _encode_int(value: int, depth: int) -> int:
    if value.bit_length() > _LARGEST_BITS:
        raise Obstacle("a number of more than 4,200 digits cannot travel in a job. Pass text.")
    return value


def _encode_float(value: float, depth: int) -> float:
    if not math.isfinite(value):
        raise Obstacle(f"{value} cannot travel in a job, for JSON has no such number. Pass None.")
    return value


def _encode_text(value: str, depth: int) -> str:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise Obstacle(
                "a text with half a surrogate pair is not Unicode and cannot travel in a job. "
                "Pass it as bytes."
            ) from error
    return value


# Values that JSON does not have


def _encode_object(value: object, depth: int) -> JSON:
    if is_identifiable(value):
        return _encode_model(value)
    known = registry()
    serializer = known.for_exact_class(value) or known.first_to_accept(value)
    if serializer is not None:
        return _encode_with(serializer, value, depth)
    return _encode_heir(value, depth)


def _encode_model(instance: Any) -> dict[str, JSON]:
    try:
        return {markers.GLOBALID: str(to_global_id(instance))}
    except InvalidGlobalID as error:
        raise Obstacle(str(error)) from error


def _encode_with(serializer: Serializer, value: object, depth: int) -> dict[str, JSON]:
    try:
        fields = serializer.serialize(value)
    except SerializationError as error:
        raise Obstacle(str(error)) from error
    if isinstance(fields, HashWithIndifferentAccess):
        return _encode_indifferent(fields, depth)
    return _encode_fields(serializer, fields, depth)


def _encode_fields(
    serializer: Serializer, fields: Mapping[str, object], depth: int
) -> dict[str, JSON]:
    _check_depth(depth)
    encoded: dict[str, JSON] = {markers.SERIALIZED: serializer.wire_name}
    name = ""
    try:
        for name, field in fields.items():
            encoded[name] = encode(field, depth - 1)
    except Obstacle as obstacle:
        obstacle.under(FieldName(name))
        raise
    return encoded


def _encode_heir(value: Any, depth: int) -> JSON:
    """The form of the nearest JSON type that the value's class descends from; the class is lost."""
    if isinstance(value, Promise):  # a text to be translated
        return _encode_text(str.__str__(str(value)), depth)
    kind = type(value)
    for base, write in _HEIRS:
        if issubclass(kind, base) and not issubclass(kind, MultiValueDict):
            return write(value, depth)
    raise Obstacle(advice.refusal(value))


_HEIRS: Final[tuple[tuple[type, Callable[[Any, int], JSON]], ...]] = (
    (str, lambda value, depth: _encode_text(str.__str__(value), depth)),
    (int, lambda value, depth: _encode_int(int(value), depth)),
    (float, lambda value, depth: _encode_float(float(value), depth)),
    (list, encode_list),
    (dict, _encode_dict),
)

_ENCODERS: Final[dict[type, Callable[[Any, int], JSON]]] = {
    type(None): _encode_itself,
    bool: _encode_itself,
    int: _encode_int,
    float: _encode_float,
    str: _encode_text,
    list: encode_list,
    dict: _encode_dict,
    Keywords: encode_keywords,
    HashWithIndifferentAccess: _encode_indifferent,
}
