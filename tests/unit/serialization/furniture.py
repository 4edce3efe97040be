"""Classes that tests send through jobs; the tests make their package an installed app."""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, Flag, IntEnum
from http import HTTPStatus
from typing import Any

from django.db.models import TextChoices

from django_activejob.serialization import ObjectSerializer

__all__ = ["HTTPStatus", "json"]  # imported here, but not to be named through here

Point = namedtuple("Point", "x y")


class Size(Enum):
    SMALL = object()
    LARGE = object()


class Rank(IntEnum):
    LOW = 1


class Status(TextChoices):
    OPEN = "open"


class Right(Flag):
    READ = 1
    WRITE = 2


class Outer:
    class Inner:
        pass


class ShortText(str):
    __slots__ = ()


@dataclass(frozen=True)
class Money:
    cents: int
    currency: str


class MoneySerializer(ObjectSerializer[Money]):
    klass = Money

    def serialize(self, value: Money) -> Mapping[str, object]:
        return {"cents": value.cents, "currency": value.currency}

    def deserialize(self, fields: Mapping[str, Any]) -> Money:
        return Money(**fields)


class OtherMoneySerializer(MoneySerializer):
    wire_name = MoneySerializer.wire_name


class ShortTextSerializer(ObjectSerializer[ShortText]):
    klass = ShortText

    def serialize(self, value: ShortText) -> Mapping[str, object]:
        return {"value": str.__str__(value)}

    def deserialize(self, fields: Mapping[str, Any]) -> ShortText:
        return ShortText(fields["value"])


class NamelessSerializer(ObjectSerializer[Any]):
    pass
