"""Arguments of a job on their way out and in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from django_activejob.errors import DeserializationError, RecordNotFound, SerializationError
from django_activejob.serialization.decoding import decode, decode_list
from django_activejob.serialization.encoding import (
    JSON,
    MAX_DEPTH,
    encode,
    encode_keywords,
    encode_list,
)
from django_activejob.serialization.loading import Models
from django_activejob.serialization.place import Obstacle, shown
from django_activejob.serialization.values import Keywords


def serialize_arguments(positional: Sequence[object], keywords: Mapping[str, object]) -> list[JSON]:
    """The JSON form of arguments, as Active Job writes it; keyword arguments become its last dict.

    Raises:
        SerializationError: something has no JSON form; the text begins with its place.
    """
    try:
        encoded = encode_list(positional, MAX_DEPTH)
    except Obstacle as obstacle:
        raise _serialization_error(obstacle, obstacle.place("arguments")) from obstacle.__cause__
    if keywords:
        try:
            encoded.append(encode_keywords(keywords, MAX_DEPTH - 1))
        except Obstacle as obstacle:
            place = obstacle.place_of_keyword()
            raise _serialization_error(obstacle, place) from obstacle.__cause__
    return encoded


def deserialize_arguments(raw: Sequence[JSON]) -> tuple[list[Any], dict[str, Any]]:
    """The positional and keyword arguments of a JSON form; models are loaded.

    Raises:
        RecordNotFound: the row of a model instance is gone.
        DeserializationError: anything else; the cause says what.
    """
    try:
        if not isinstance(raw, list | tuple):
            raise Obstacle(f"{shown(raw)} is not a list.")
        positional = decode_list(raw, MAX_DEPTH, Models(raw))
    except Obstacle as obstacle:
        _raise_deserialization_error(obstacle, "arguments")
    if positional and type(positional[-1]) is Keywords:
        return positional, dict(positional.pop())
    return positional, {}


def serialize(value: object) -> JSON:
    """The JSON form of one value.

    Raises:
        SerializationError: something in it has none; the text begins with its place.
    """
    try:
        return encode(value, MAX_DEPTH)
    except Obstacle as obstacle:
        raise _serialization_error(obstacle, obstacle.place("value")) from obstacle.__cause__


def deserialize(raw: JSON) -> Any:
    """The value of a JSON form.

    Raises:
        RecordNotFound: the row of a model instance is gone.
        DeserializationError: anything else; the cause says what.
    """
    try:
        return decode(raw, MAX_DEPTH, Models(raw))
    except Obstacle as obstacle:
        _raise_deserialization_error(obstacle, "value")


def _serialization_error(obstacle: Obstacle, place: str) -> SerializationError:
    return SerializationError(f"{place}: {obstacle.reason}")


def _raise_deserialization_error(obstacle: Obstacle, root: str) -> NoReturn:
    cause = obstacle.__cause__
    kind = RecordNotFound if isinstance(cause, RecordNotFound) else DeserializationError
    raise kind(
        f"Error while trying to deserialize arguments: {obstacle.place(root)}: {obstacle.reason}"
    ) from (cause or ValueError(obstacle.reason))
