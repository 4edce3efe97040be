"""Going through many things, with a cursor that follows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from django.db.models import Model, QuerySet

if TYPE_CHECKING:
    from django_activejob.continuations.step import Step

M = TypeVar("M", bound=Model)
T = TypeVar("T")

BATCH: Final = 1000
"""Instances that are read, and held in memory, at once."""


def instances(step: Step, queryset: QuerySet[M]) -> Iterator[M]:
    """The instances whose primary key is greater than the cursor."""
    in_order = queryset.order_by("pk")
    while batch := list(_after(step, in_order)[:BATCH]):
        for instance in batch:
            # Taken before, for the code of the step may delete the instance.
            key = instance.pk
            yield instance
            step.set(key)


def items(step: Step, sequence: Sequence[T]) -> Iterator[T]:
    """The items from the index that is the cursor."""
    for index in range(step.cursor or 0, len(sequence)):
        yield sequence[index]
        step.set(index + 1)


def _after(step: Step, queryset: QuerySet[M]) -> QuerySet[M]:
    return queryset if step.cursor is None else queryset.filter(pk__gt=step.cursor)
