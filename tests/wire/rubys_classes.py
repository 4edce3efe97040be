"""What the recorded application had, in Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django_activejob.serialization import ObjectSerializer


@dataclass(frozen=True)
class Money:
    cents: int
    currency: str


class MoneySerializer(ObjectSerializer[Money]):
    klass = Money
    wire_name = "MoneySerializer"

    def serialize(self, value: Money) -> Mapping[str, object]:
        return {"cents": value.cents, "currency": value.currency}

    def deserialize(self, fields: Mapping[str, Any]) -> Money:
        return Money(**fields)


class Reports:
    class NestedJob:
        pass


CLASSES = {"Reports": Reports, "Reports::NestedJob": Reports.NestedJob}


class RubysClasses:
    """The names that Ruby has for the classes above."""

    def name_of(self, klass: type) -> str | None:
        return next((name for name, known in CLASSES.items() if known is klass), None)

    def find(self, name: str) -> type | None:
        return CLASSES.get(name)
