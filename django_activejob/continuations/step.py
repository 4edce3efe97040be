"""One step, while it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar, overload

from django.db.models import Model, QuerySet

from django_activejob.continuations import walking
from django_activejob.continuations.cursor import successor_of
from django_activejob.serialization import inspect_arguments

M = TypeVar("M", bound=Model)
T = TypeVar("T")


class Step:
    """A step of a job and its cursor, as Active Job gives them to the code of a step.

    The cursor says how far the step has come: any value that can be an argument of a job.

    Attributes:
        name: what it is known by when the job is resumed.
        resumed: whether an earlier execution has begun it.
    """

    def __init__(
        self, name: str, cursor: Any, *, checkpoint: Callable[[], None], resumed: bool
    ) -> None:
        self.name = name
        self.resumed = resumed
        self._first_cursor = cursor
        self._cursor = cursor
        self._checkpoint = checkpoint

    @property
    def cursor(self) -> Any:
        """How far the step has come."""
        return self._cursor

    @property
    def advanced(self) -> bool:
        """Whether the cursor has moved in this execution."""
        return bool(self._cursor != self._first_cursor)

    @property
    def description(self) -> str:
        """Where the job is, for people: ``at 'rows', cursor '433'``."""
        return f"at '{self.name}', cursor '{inspect_arguments([self._cursor], {})}'"

    def set(self, cursor: Any) -> None:
        """Moves the cursor; this is a checkpoint.

        Raises:
            CheckpointError: a transaction is open.
        """
        self._cursor = cursor
        self.checkpoint()

    def advance(self, from_: Any = None) -> None:
        """Moves the cursor to the value after ``from_``, or after where it stands.

        Raises:
            UnadvanceableCursor: that value has no successor.
            CheckpointError: a transaction is open.
        """
        self.set(successor_of(self._cursor if from_ is None else from_))

    def checkpoint(self) -> None:
        """Interrupts the job here if there is a reason to.

        Raises:
            CheckpointError: a transaction is open.
        """
        self._checkpoint()

    @overload
    def each(self, items: QuerySet[M]) -> Iterator[M]: ...

    @overload
    def each(self, items: Sequence[T]) -> Iterator[T]: ...

    def each(self, items: QuerySet[M] | Sequence[T]) -> Iterator[M | T]:
        """Goes through items from where the cursor stands, and moves it past each that is done.

        Of a queryset the cursor is the primary key of the last instance done: it is read in the
        order of that key, 1,000 at a time. Of a sequence it is the number of items done.
        """
        if isinstance(items, QuerySet):
            return walking.instances(self, items)
        return walking.items(self, items)
