"""From JSON to values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django_activejob.errors import InvalidGlobalID, RecordNotFound, RecordUnavailable
from django_activejob.serialization import advice, markers
from django_activejob.serialization.encoding import JSON, MAX_DEPTH
from django_activejob.serialization.loading import Models
from django_activejob.serialization.place import FieldName, Obstacle, shown
from django_activejob.serialization.registry import registry
from django_activejob.serialization.values import HashWithIndifferentAccess, Keywords, Symbol

_PLAIN: Final = frozenset({type(None), bool, int, float, str})


def decode(raw: JSON, depth: int, models: Models) -> Any:
    """The value of a JSON form; ``depth`` levels are left, ``models`` are looked up there.

    Raises:
        Obstacle: there is none; its cause is the error that said so.
    """
    if type(raw) in _PLAIN:
        return raw
    if isinstance(raw, dict):
        return _decode_dict(raw, depth, models)
    if isinstance(raw, list):
        return decode_list(raw, depth, models)
    raise Obstacle(f"an object of type {advice.name_of_type(raw)} is not JSON.")


def decode_list(raw: Iterable[JSON], depth: int, models: Models) -> list[Any]:
    """The values of JSON forms, in order.

    Raises:
        Obstacle: one has none.
    """
    _check_depth(depth)
    decoded: list[Any] = []
    try:
        for item in raw:
            decoded.append(item if type(item) in _PLAIN else decode(item, depth - 1, models))
    except Obstacle as obstacle:
        obstacle.under(len(decoded))
        raise
    return decoded


def _decode_dict(raw: dict[str, JSON], depth: int, models: Models) -> Any:
    if markers.GLOBALID in raw and len(raw) == 1:  # beside other keys it is plain data
        return _decode_model(raw[markers.GLOBALID], models)
    if markers.SERIALIZED in raw:
        return _decode_object(raw, depth, models)
    decoded = _decode_items(raw, depth, models)
    if decoded.pop(markers.INDIFFERENT_ACCESS, None):
        return HashWithIndifferentAccess(decoded)
    symbols = decoded.pop(markers.SYMBOL_KEYS, None)
    if symbols is not None:
        return _symbolize(decoded, symbols) if symbols else decoded
    if decoded.pop(markers.RUBY2_KEYWORDS, None) is not None:
        return Keywords(decoded)
    return decoded


def _decode_items(raw: Mapping[str, JSON], depth: int, models: Models) -> dict[str, Any]:
    _check_depth(depth)
    decoded: dict[str, Any] = {}
    key = ""
    try:
        for key, item in raw.items():
            decoded[key] = item if type(item) in _PLAIN else decode(item, depth - 1, models)
    except Obstacle as obstacle:
        obstacle.under(key)
        raise
    return decoded


def _symbolize(decoded: dict[str, Any], symbols: object) -> dict[str, Any]:
    if not isinstance(symbols, list):
        raise Obstacle(f"{markers.SYMBOL_KEYS} is not a list of keys: {shown(symbols)}.")
    names = {name for name in symbols if isinstance(name, str)}
    return {Symbol(key) if key in names else key: value for key, value in decoded.items()}


def _decode_model(text: JSON, models: Models) -> Any:
    try:
        return models.find(text)
    except (InvalidGlobalID, RecordNotFound, RecordUnavailable) as error:
        raise Obstacle(str(error)) from error


def _decode_object(raw: dict[str, JSON], depth: int, models: Models) -> Any:
    _check_depth(depth)
    name = raw[markers.SERIALIZED]
    serializer = registry().named(name)
    if serializer is None:
        raise Obstacle(_unknown(name, raw))
    fields: dict[str, Any] = {}
    key = ""
    try:
        for key, item in raw.items():
            fields[key] = decode(item, depth - 1, models)
    except Obstacle as obstacle:
        obstacle.under(FieldName(key))
        raise
    del fields[markers.SERIALIZED]
    try:
        return serializer.deserialize(fields)
    except Exception as error:  # a project's own serializer may fail in any way
        raise Obstacle(f"{name}: {type(error).__name__}: {error}") from error


def _unknown(name: object, raw: dict[str, JSON]) -> str:
    if not name:
        return f"the name of a serializer is not present in {shown(raw)}."
    return (
        f"the serializer {shown(name)} is not known here. Was it renamed, or is it missing from "
        f'ACTIVE_JOB["SERIALIZERS"]?'
    )


def _check_depth(depth: int) -> None:
    if depth <= 0:
        raise Obstacle(f"nested deeper than {MAX_DEPTH} levels.")
